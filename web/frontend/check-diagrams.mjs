// Opens each diagram as bpmn-js and Camunda Modeler do and says what they would warn of.
//   node check-diagrams.mjs [--save FOLDER] FOLDER-OR-FILE…     exit code 0 without a warning, 1 with one, 2 for wrong use
// With --save each diagram is also written as they would save it, as <its folder>-<its name> in FOLDER.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { BpmnModdle } from 'bpmn-moddle';

const camunda = createRequire(import.meta.url)('camunda-bpmn-moddle/resources/camunda.json');
const KNOWN_PREFIXES = /^(xmlns|xml|xsi|modeler|bioc|color)(:|$)/;

function diagrams(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).sort().map((name) => join(path, name))
    .flatMap((entry) => (statSync(entry).isDirectory() ? diagrams(entry) : entry.endsWith('.bpmn') ? [entry] : []));
}

// moddle keeps an attribute or element that no descriptor knows without a word: a misspelt camunda:candidateGroup
function* strangers(element, seen = new Set()) {
  if (seen.has(element)) return;
  seen.add(element);
  for (const name of Object.keys(element.$attrs ?? {})) {
    if (!KNOWN_PREFIXES.test(name)) yield `${element.$type} ${element.id ?? ''}: unknown attribute ${name}`;
  }
  if (element.$descriptor?.isGeneric) yield `unknown element ${element.$type}`;
  for (const property of element.$descriptor?.properties ?? []) {
    if (property.isReference) continue;
    for (const child of [element[property.name]].flat()) {
      if (child?.$type) yield* strangers(child, seen);
    }
  }
}

async function warningsOf(file, folder) {
  try {
    const moddle = new BpmnModdle({ camunda });
    const { rootElement, warnings } = await moddle.fromXML(readFileSync(file, 'utf8'));
    if (folder) {
      const { xml } = await moddle.toXML(rootElement, { format: true });
      writeFileSync(join(folder, `${basename(dirname(resolve(file)))}-${basename(file)}`), xml);
    }
    return [...warnings.map((warning) => warning.message), ...strangers(rootElement)];
  } catch (error) {
    return [error.message];
  }
}

const given = process.argv.slice(2);
const folder = given[0] === '--save' ? given.splice(0, 2)[1] : '';
const files = given.flatMap(diagrams);
if (!files.length) {
  console.error('node check-diagrams.mjs [--save FOLDER] FOLDER-OR-FILE…');
  process.exit(2);
}
let found = 0;
for (const file of files) {
  for (const warning of await warningsOf(file, folder)) {
    console.log(`${file}: ${warning}`);
    found += 1;
  }
}
console.log(`${files.length} diagrams, ${found} warnings`);
process.exit(found ? 1 : 0);
