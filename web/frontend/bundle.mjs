// Makes bpmn-modeler.js: the modeler of bpmn-js, the Camunda descriptor, the token simulation and Chinese strings.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const simulation = join(here, 'node_modules/bpmn-js-token-simulation/lib/');

// File below lib/ → what it says in English: within a template, or a text of its own between quotation marks. A release
// that says it differently stops the build.
const ENGLISH = {
  'features/toggle-mode/modeler/ToggleMode.js': ['Token Simulation <'],
  'features/log/Log.js': ['"Toggle Simulation Log"', '        Simulation Log', '"Close"', '>No Entries<', "'SubProcess'",
    ": 'Process'", ' started`', "'finished'", "'canceled'", "'Service Task'", "'User Task'", "'Call Activity'", "'Exclusive Gateway'",
    "'Parallel Gateway'", "'Start Event'", "'Intermediate Event'", "'Boundary Event'", "'End Event'"],
  'features/reset-simulation/ResetSimulation.js': ['"Reset Simulation"', "'Reset Simulation'"],
  'features/pause-simulation/PauseSimulation.js': ['"Play/Pause Simulation"', "'Pause Simulation'", "'Play Simulation'"],
  'features/set-animation-speed/SetAnimationSpeed.js': ['"Set animation speed ='],
  'features/show-scopes/ShowScopes.js': ['"Focus process instance '],
  'features/context-pads/handler/ExclusiveGatewayHandler.js': ['"Set Sequence Flow"'],
  'features/context-pads/handler/TriggerHandler.js': ['"Trigger Event"'],
};
const PIECE = /^([^A-Za-z]*)(.*?)([^A-Za-z]*)$/;

function translated(path) {
  const file = path.slice(simulation.length);
  let source = readFileSync(path, 'utf8').replace(/domify\('([^'`]*)'\)/g, 'domify(`$1`)');
  for (const piece of ENGLISH[file]) {
    const [, before, english, after] = PIECE.exec(piece);
    const spoken = before.endsWith("'")
      ? `${before.slice(0, -1)}word('${english}')${after.slice(1)}` : `${before}\${ word('${english}') }${after}`;
    if (!source.includes(piece)) throw new Error(`${file} no longer says ${piece}`);
    source = source.replaceAll(piece, spoken);
  }
  return `import { word } from '${join(here, 'simulation-words.mjs')}';\n${source}`;
}

const inOtherWords = {
  name: 'in-other-words',
  setup(plan) {
    plan.onResolve({ filter: /^domify$/ }, () => ({ path: join(here, 'domify.mjs') }));
    plan.onLoad({ filter: /bpmn-js-token-simulation\/lib\/.*\.js$/ }, ({ path }) => (
      path.slice(simulation.length) in ENGLISH ? { contents: translated(path), loader: 'js' } : undefined));
  },
};

// The same lock file gives the same bytes.
export async function bundle(outfile) {
  await build({
    entryPoints: [join(here, 'modeler.mjs')], absWorkingDir: here, outfile, bundle: true, minify: true, format: 'esm',
    target: 'es2020', charset: 'utf8', legalComments: 'none', logLevel: 'warning', plugins: [inOtherWords],
  });
}
