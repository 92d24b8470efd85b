// All elements as a list in words, in reading order: to go from one to the next without the drawing.
import { h, say } from './dom.js';
import { kind, shownName } from './model.js';

const LISTED = ['StartEvent', 'EndEvent', 'UserTask', 'ServiceTask', 'SubProcess', 'CallActivity', 'ExclusiveGateway',
  'ParallelGateway', 'BoundaryEvent', 'IntermediateCatchEvent'];

export function createOutline({ modeler, place, onChoose }) {
  const search = place.querySelector('[data-outline-search]');
  const list = place.querySelector('[data-outline-list]');
  const registry = modeler.get('elementRegistry');

  function inside(parent) {
    return registry.filter((element) => element.type !== 'label' && LISTED.includes(kind(element))
      && element.businessObject.$parent === parent)
      .sort((one, other) => (one.host ?? one).x - (other.host ?? other).x || one.y - other.y);
  }

  function wayOut(flow) {
    const { businessObject: owner, target } = flow;
    const way = say('to', { name: shownName(target.businessObject) }) + (owner.name ? `（${owner.name}）` : '');
    return h('li', {}, choose(flow, h('span', {}, way)));
  }

  function choose(element, content) {
    return h('button', { type: 'button', class: 'element-link', 'data-element': element.id, onclick: () => onChoose(element) }, content);
  }

  function item(element) {
    const owner = element.businessObject;
    const children = kind(element) === 'SubProcess' ? inside(owner) : [];
    const ways = (element.outgoing ?? []).filter(({ target }) => target);
    return h('li', {}, choose(element, [h('span', { class: 'step-name' }, owner.name || say(`kind_${kind(element)}`)), ' ',
      h('span', { class: 'text-secondary small' }, say(`kind_${kind(element)}`))]),
    ways.length ? h('ul', {}, ways.map(wayOut)) : null, children.length ? h('ol', {}, children.map(item)) : null);
  }

  function filter() {
    const wanted = search.value.trim().toLowerCase();
    const shown = (entry) => [...entry.children].map((child) => (child.tagName === 'BUTTON'
      ? child.textContent.toLowerCase().includes(wanted) || child.dataset.element.toLowerCase().includes(wanted)
      : [...child.children].map(shown).some(Boolean))).some(Boolean);
    const hide = (entry) => {
      entry.hidden = wanted !== '' && !shown(entry);
      entry.querySelectorAll(':scope > ol > li, :scope > ul > li').forEach(hide);
    };
    [...list.children].forEach(hide);
  }

  function draw() {
    const focus = list.contains(document.activeElement) ? document.activeElement.dataset.element : null;
    const process = modeler.getDefinitions().rootElements.find((part) => part.$type === 'bpmn:Process');
    list.replaceChildren(...inside(process).map(item));
    filter();
    current();
    if (focus) list.querySelector(`[data-element="${CSS.escape(focus)}"]`)?.focus();
  }

  function current() {
    const chosen = new Set(modeler.get('selection').get().map(({ id }) => id));
    list.querySelectorAll('[data-element]').forEach((button) => {
      if (chosen.has(button.dataset.element)) button.setAttribute('aria-current', 'true'); else button.removeAttribute('aria-current');
    });
  }

  let waiting = 0;
  modeler.on('commandStack.changed', () => { clearTimeout(waiting); waiting = setTimeout(draw, 200); });
  modeler.on('selection.changed', current);
  search.addEventListener('input', filter);
  draw();
  return { find() { search.focus(); search.select(); } };
}
