// Copies what the pages use out of node_modules into web/static/vendor, bundles the modeler (bundle.mjs), and writes
// THIRD_PARTY_NOTICES there.   node assets.mjs [FOLDER]: into another folder, to compare
// The same lock file gives the same bytes.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, 'node_modules');
const vendor = process.argv[2] ?? join(here, '..', 'static', 'vendor');

const FILES = {
  'tabler.min.css': '@tabler/core/dist/css/tabler.min.css',
  'tabler.min.js': '@tabler/core/dist/js/tabler.min.js',
  'htmx.min.js': 'htmx.org/dist/htmx.min.js',
  'bpmn-viewer.js': 'bpmn-js/dist/bpmn-navigated-viewer.production.min.js',
  'bpmn-viewer.css': 'bpmn-js/dist/assets/bpmn-js.css',
  'diagram-js.css': 'bpmn-js/dist/assets/diagram-js.css',
  'token-simulation.css': 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css',
};

const ICONS = ['alert-triangle', 'arrow-back-up', 'arrow-down', 'arrow-forward-up', 'arrow-right', 'arrow-up', 'bell',
  'calendar', 'check', 'chevron-right', 'circle-check', 'clock', 'clock-hour-4', 'device-floppy', 'download', 'eye',
  'file-text', 'filter', 'folder', 'hand-grab', 'help-circle', 'history', 'home', 'inbox', 'info-circle', 'language',
  'list-details', 'lock', 'login', 'logout', 'map-pin', 'message', 'phone', 'player-skip-forward', 'plus', 'refresh',
  'route', 'scale', 'search', 'star', 'table', 'trash', 'upload', 'user', 'users', 'x'];

const REMARKS = {
  '@tabler/core': 'With Bootstrap (MIT, the Bootstrap Authors).',
  '@tabler/icons': 'A selection, as icons.svg.',
  'bpmn-js': 'The navigated viewer, and in bpmn-modeler.js the modeler, bundled with the packages of bpmn.io below. Its ' +
    'licence asks that the bpmn.io mark stays visible.',
  'bpmn-js-i18n': 'Chinese, within bpmn-modeler.js.',
  'bpmn-js-token-simulation': 'Within bpmn-modeler.js, with its English put through a dictionary.',
  'camunda-bpmn-moddle': 'The descriptor, within bpmn-modeler.js.',
};

function copyFiles() {
  for (const [name, source] of Object.entries(FILES)) {
    const text = readFileSync(join(modules, source), 'utf8').replace(/\n?\/[/*]# sourceMappingURL=[^\n]*\n?/g, '\n');
    writeFileSync(join(vendor, name), text);
  }
}

// The icons of the palette: one format of the font, and the codes in a style sheet that names no other file.
function copyFont() {
  const font = join(modules, 'bpmn-js/dist/assets/bpmn-font');
  const css = readFileSync(join(font, 'css/bpmn.css'), 'utf8');
  const faces = "@font-face { font-family: 'bpmn'; src: url('bpmn-font.woff2') format('woff2'); }\n";
  writeFileSync(join(vendor, 'bpmn-font.css'), faces + css.slice(css.indexOf('[class^="bpmn-icon-"]')));
  copyFileSync(join(font, 'font/bpmn.woff2'), join(vendor, 'bpmn-font.woff2'));
}

function makeSprite() {
  const symbols = ICONS.map((name) => {
    const svg = readFileSync(join(modules, '@tabler/icons/icons/outline', `${name}.svg`), 'utf8');
    const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>')).replace(/\s*\n\s*/g, '');
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
      `stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
  });
  writeFileSync(join(vendor, 'icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`);
}

function licenceOf(name, license) {
  const folder = join(modules, name);
  const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
  if (file) return readFileSync(join(folder, file), 'utf8').trim();
  return `Licence: ${license}. The package brings no text of it; the terms are those of the ${license} licence printed ` +
    'with @tabler/icons below.';
}

function packages() {
  const { packages: locked } = JSON.parse(readFileSync(join(here, 'package-lock.json'), 'utf8'));
  return Object.keys(locked).filter((path) => path && (!locked[path].dev || path.endsWith('/@tabler/icons')))
    .map((path) => path.replace(/^node_modules\//, '')).sort();
}

function writeNotices() {
  const parts = packages().map((name) => {
    const { version, license, homepage } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'));
    const head = [`${name} ${version} (${license})`, homepage, REMARKS[name]].filter(Boolean).join('\n');
    return `${head}\n\n${licenceOf(name, license)}`;
  });
  parts.push(`bpmn-font (OFL-1.1)\nThe icons of the palette, as brought by bpmn-js.\n\n${
    readFileSync(join(here, 'licences/bpmn-font.txt'), 'utf8').trim()}`);
  const rule = `\n\n${'-'.repeat(78)}\n\n`;
  writeFileSync(join(vendor, 'THIRD_PARTY_NOTICES'),
    `The files in this folder are the work of others, made from these npm packages.${rule}${parts.join(rule)}\n`);
}

if (!existsSync(modules)) {
  console.error('run "npm ci --ignore-scripts" in web/frontend first');
  process.exit(1);
}
if (!process.argv[2]) rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });
copyFiles();
copyFont();
await bundle(join(vendor, 'bpmn-modeler.js'));
makeSprite();
writeNotices();
