// What is wrong with the diagram, as the server finds it: a list, marks on the elements, and the path that breaks a rule.
import { h, icon, say, token } from './dom.js';

const PAUSE = 700;      // milliseconds after the last change

export function createFindings({ modeler, facts, view, place }) {
  const [list, state] = ['list', 'state'].map((name) => place.querySelector(`[data-findings-${name}]`));
  const known = (id) => modeler.get('elementRegistry').get(id);
  let latest = 0;
  let timer = 0;
  let path = [];
  let drawnRule = '';

  function show(id) {
    const element = known(id);
    if (!element) return;
    modeler.get('selection').select(element);
    view.reveal(element);
  }

  function mark(found) {
    const overlays = modeler.get('overlays');
    overlays.remove({ type: 'finding' });
    const worst = new Map();
    found.forEach(({ element, severity, sentence }) => {
      const before = worst.get(element);
      const error = severity === 'error' || before?.severity === 'error';
      worst.set(element, { severity: error ? 'error' : 'warning', sentences: [...(before?.sentences ?? []), sentence] });
    });
    worst.forEach(({ severity, sentences }, id) => {
      const element = known(id);
      if (!element || !element.parent) return;
      const html = h('div', { class: `finding-mark finding-${severity}`, title: sentences.join('\n') }, severity === 'error' ? '!' : '?');
      overlays.add(element, 'finding', { position: element.waypoints ? { top: -8, left: 12 } : { top: -12, right: 8 }, html });
    });
  }

  function clearPath() {
    const canvas = modeler.get('canvas');
    path.filter((id) => known(id)).forEach((id) => canvas.removeMarker(id, 'broken-path'));
    path = [];
  }

  // whether the step is this element or lies in it, as in a sub-process that is entered
  function within(id, element) {
    for (let at = known(id); at; at = at.parent) if (at === element) return true;
    return false;
  }

  // The event at which the path ends; a rule about another element may be broken by not coming to it.
  function reached(rule) {
    return known(rule.element)?.host ? known(rule.element) : null;
  }

  // the elements that were passed up to the one that is wrong, with the flows between those that follow each other
  function drawPath(rule) {
    clearPath();
    drawnRule = rule.key;
    const last = reached(rule);
    const passed = [...rule.passed, ...(last ? [last.host.id, last.id] : [])].filter((id) => known(id));
    const taken = ({ source, target }) => passed.some((id, at) => passed[at + 1] !== undefined && source && target
      && !within(passed[at + 1], source) && !within(id, target) && within(id, source) && within(passed[at + 1], target));
    const flows = modeler.get('elementRegistry').filter((element) => element.waypoints && taken(element)).map(({ id }) => id);
    path = [...new Set([...passed, ...flows])];
    path.forEach((id) => modeler.get('canvas').addMarker(id, 'broken-path'));
  }

  function link(id, name) {
    return known(id) ? h('button', { type: 'button', class: 'element-link', onclick: () => show(id) }, name || h('code', {}, id)) : null;
  }

  const finding = ({ element, name, severity, sentence }) => h('li', { class: `finding finding-${severity}` },
    h('strong', {}, say(severity)), ' ', link(element, name), ' ', sentence);

  function ruleItem(rule) {
    const press = (event) => {
      const on = event.target.getAttribute('aria-pressed') !== 'true';
      list.querySelectorAll('[aria-pressed]').forEach((button) => button.setAttribute('aria-pressed', 'false'));
      if (on) drawPath(rule); else { clearPath(); drawnRule = ''; }
      event.target.setAttribute('aria-pressed', String(on));
    };
    const toggle = rule.passed.length
      ? h('button', { type: 'button', class: 'btn btn-sm', 'aria-pressed': 'false', onclick: press }, say('draw_path')) : null;
    const articles = [...new Set(rule.laws.map(({ article }) => article))].join('、');
    return h('li', { class: 'finding finding-error rule' },
      articles ? h('strong', {}, articles) : null, ' ', link(rule.element, rule.name), ' ', rule.why, ' ', toggle,
      rule.laws.map(({ article, sentence }) => h('blockquote', {}, `${article}：${sentence}`)),
      rule.steps.length ? h('details', { open: true }, h('summary', {}, say(rule.laws.length ? 'path_words' : 'stop_words')),
        h('ol', { class: 'path-steps' }, rule.steps.map((step) => h('li', {}, known(step.element)
          ? h('button', { type: 'button', class: 'element-link', onclick: () => show(step.element) }, step.text) : step.text)),
        reached(rule) ? h('li', {}, say('path_end', { name: rule.name })) : null)) : null);
  }

  function draw(answer) {
    const rules = answer.rules;
    mark([...answer.findings, ...rules.map(({ element, why }) => ({ element, severity: 'error', sentence: why }))]);
    const errors = answer.findings.filter(({ severity }) => severity === 'error').length + rules.length;
    place.classList.toggle('blocked', answer.blocks);
    state.replaceChildren(icon(answer.blocks ? 'alert-triangle' : 'circle-check'),
      answer.blocks ? say('blocked', { count: errors }) : answer.recordings ? say('recordings', { count: answer.recordings })
        : say(answer.proved ? 'clean' : 'clean_unproved', { holding: answer.holding }));
    list.replaceChildren(...rules.map(ruleItem), ...answer.findings.map(finding));
    clearPath();
    const again = rules.find(({ key }) => key === drawnRule) ?? rules.find(({ passed }) => passed.length);
    drawnRule = '';
    if (again) {
      drawPath(again);
      list.querySelectorAll('.rule')[rules.indexOf(again)].querySelector('[aria-pressed]')?.setAttribute('aria-pressed', 'true');
    }
  }

  // Asks the server; the answer to the newest question wins.
  async function ask() {
    clearTimeout(timer);
    const mine = ++latest;
    place.setAttribute('aria-busy', 'true');
    const { xml } = await modeler.saveXML({ format: true });
    const told = await fetch(facts.urls.findings, { method: 'POST', body: xml,
      headers: { 'Content-Type': 'application/xml', 'X-CSRFToken': token(), Accept: 'application/json' } })
      .then((answer) => answer.json()).catch(() => ({ message: say('not_checked') }));
    if (mine !== latest) return;
    place.removeAttribute('aria-busy');
    if (told.findings) draw(told); else state.textContent = told.message;
  }

  return { ask, draw, soon() { clearTimeout(timer); timer = setTimeout(ask, PAUSE); } };
}
