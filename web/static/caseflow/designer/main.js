// The designer's page: the modeler of bpmn-js with our dialect, properties, findings, outline, saving by revision.
// On a narrow screen, and for those who only look, the drawing is shown and not edited.
import { Modeler, camunda, chinese, simulation, simulationWords } from '../../vendor/bpmn-modeler.js';
import { dialect, translated } from './dialect.js';
import { say, speak, token } from './dom.js';
import { createFindings } from './findings.js';
import { editing } from './model.js';
import { createOutline } from './outline.js';
import { createPanel } from './panel.js';
import { createSaving } from './saving.js';
import { viewing } from './view.js';

const NARROW = '(max-width: 767px)';
const LOOK = 20_000;      // milliseconds between two looks at who else is here

const place = document.getElementById('designer');
const facts = JSON.parse(document.getElementById('designer-facts').textContent);

function makeModeler(container) {
  const words = facts.locale === 'zh' ? [translated({ ...chinese, ...facts.modeler_words })] : [];
  const moddleExtensions = { camunda };
  if (!facts.editable) return new Modeler.NavigatedViewer({ container, moddleExtensions, additionalModules: words });
  if (facts.locale === 'zh') simulationWords(facts.simulation_words);
  return new Modeler({ container, moddleExtensions, additionalModules: [simulation, dialect, ...words] });
}

// Ctrl+S saves, Ctrl+Z and Ctrl+Y go back and forth, Ctrl+F finds. In a text field the browser's own undo counts.
function addKeys(tools) {
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
    const key = event.key.toLowerCase();
    const typing = event.target.closest('input, textarea, select');
    const tool = { s: 'save', f: 'find', z: typing ? null : event.shiftKey ? 'redo' : 'undo', y: typing ? null : 'redo' }[key];
    if (!tool || !tools[tool]) return;
    event.preventDefault();
    tools[tool]();
  });
  place.querySelectorAll('[data-tool]').forEach((button) => button.addEventListener('click', () => tools[button.dataset.tool]()));
}

function addTabs() {
  const tabs = [...place.querySelectorAll('[role=tab]')];
  const open = (chosen) => tabs.forEach((tab) => {
    const on = tab === chosen;
    tab.setAttribute('aria-selected', String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.getAttribute('aria-controls')).hidden = !on;
  });
  tabs.forEach((tab, at) => {
    tab.addEventListener('click', () => open(tab));
    tab.addEventListener('keydown', ({ key }) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!by) return;
      const next = tabs[(at + by + tabs.length) % tabs.length];
      open(next);
      next.focus();
    });
  });
  return (name) => open(tabs.find((tab) => tab.dataset.tab === name));
}

// Who else has the draft open, and whether somebody has saved it meanwhile.
function createPresence(revision) {
  const [here, newer] = ['others', 'newer'].map((name) => place.querySelector(`[data-${name}]`));
  const show = ({ others, revision: newest, edited_by: by, edited_at: at }) => {
    here.textContent = others.length ? say('others', { names: others.join('、') }) : '';
    here.hidden = !others.length;
    const stale = newest > revision();
    newer.textContent = stale ? say('newer', { by, at }) : '';
    newer.hidden = !stale;
  };
  const look = async () => {
    if (document.visibilityState === 'hidden') return;
    try {
      const answer = await fetch(facts.urls.presence, { method: 'POST', headers: { 'X-CSRFToken': token(), Accept: 'application/json' } });
      if (answer.ok) show(await answer.json());
    } catch { /* the next look may succeed */ }
  };
  setInterval(look, LOOK);
  look();
}

async function start() {
  facts.editable = facts.may_edit && !window.matchMedia(NARROW).matches;
  speak(facts.words);
  place.classList.toggle('reading', !facts.editable);
  const modeler = makeModeler(place.querySelector('[data-canvas]'));
  await modeler.importXML(facts.xml);
  const canvas = modeler.get('canvas');
  modeler.get('zoomScroll').toggle(facts.editable);
  const view = viewing(modeler, facts.editable);
  const findings = createFindings({ modeler, facts, view, place: place.querySelector('[data-findings]') });
  const edits = facts.editable ? editing(modeler) : null;
  const openTab = addTabs();
  const panel = createPanel({ modeler, facts, edits, place: place.querySelector('[data-panel]') });
  const saving = createSaving({ modeler, facts, place, findings, commit: panel.commit });
  const outline = createOutline({ modeler, place: place.querySelector('[data-outline]'), onChoose(element) {
    modeler.get('selection').select(element);
    view.reveal(element);
  } });
  const stack = modeler.get('commandStack', false);
  let resting = false;      // while the simulation runs, nothing is changed
  addKeys({
    save: saving.save, undo: () => !resting && stack?.canUndo() && stack.undo(),
    redo: () => !resting && stack?.canRedo() && stack.redo(),
    find: () => { openTab('outline'); outline.find(); },
    in: () => modeler.get('zoomScroll').stepZoom(1), out: () => modeler.get('zoomScroll').stepZoom(-1), all: view.whole,
  });
  const steps = () => ['undo', 'redo'].forEach((name) => {
    place.querySelector(`[data-tool=${name}]`).disabled = resting || !stack?.[name === 'undo' ? 'canUndo' : 'canRedo']();
  });
  modeler.on('tokenSimulation.toggleMode', ({ active }) => {
    resting = active;
    steps();
  });
  modeler.on('commandStack.changed', () => { findings.soon(); steps(); });
  steps();
  view.start();
  new ResizeObserver(() => {
    canvas.resized();
    modeler.get('selection').get().slice(0, 1).forEach(view.reveal);
  }).observe(canvas.getContainer());
  createPresence(saving.revision);
  await findings.ask();
  place.modeler = modeler;
  place.dataset.ready = 'yes';
}

start().catch((problem) => {
  place.dataset.ready = 'no';
  place.querySelector('[data-save-problem]').textContent = say('not_opened');
  place.querySelector('[data-save-problem]').hidden = false;
  console.error(problem);
});
