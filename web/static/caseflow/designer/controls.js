// The fields of the panel. `key` finds a field again after the panel is drawn anew.
import { h, icon, select } from './dom.js';

export const CODE = { class: 'form-control code' };
let counter = 0;

// A labelled field.
export function field(label, input, hint) {
  counter += 1;
  input.id = `property-${counter}`;
  const note = hint ? h('p', { class: 'form-hint', id: `${input.id}-hint` }, hint) : null;
  if (note) input.setAttribute('aria-describedby', note.id);
  return h('div', { class: 'property' }, h('label', { class: 'form-label', for: input.id }, label), input, note);
}

export function text(key, value, onchange, more = {}) {
  return h('input', { class: 'form-control', 'data-key': key, value, autocomplete: 'off', spellcheck: 'false',
    onchange: (event) => onchange(event.target.value), ...more });
}

export function long(key, value, onchange, rows = 3, more = {}) {
  return h('textarea', { class: 'form-control', 'data-key': key, rows, value, spellcheck: 'false',
    onchange: (event) => onchange(event.target.value), ...more });
}

// A labelled list to choose from: choices are [value, text][]; `empty` is the text of the choice of none.
export function pick(label, key, value, choices, onchange, { empty, hint } = {}) {
  const all = empty === undefined ? choices : [['', empty], ...choices];
  return field(label, select({ 'data-key': key, value, onchange: (event) => onchange(event.target.value) }, all), hint);
}

export function check(key, label, checked, onchange) {
  const box = h('input', { type: 'checkbox', class: 'form-check-input', 'data-key': key,
    onchange: (event) => onchange(event.target.checked) });
  box.checked = checked;
  return h('label', { class: 'form-check property-check' }, box, ' ', h('span', { class: 'form-check-label' }, label));
}

export function group(legend, ...children) {
  return h('fieldset', { class: 'property-group' }, h('legend', {}, legend), ...children);
}

export function row(...children) {
  return h('div', { class: 'property-row' }, ...children);
}

export function button(key, symbol, label, onclick) {
  return h('button', { type: 'button', class: 'btn btn-sm', 'data-key': key, onclick }, icon(symbol), label);
}

export function tool(key, symbol, label, disabled, onclick) {
  return h('button', { type: 'button', class: 'btn btn-sm tool', 'data-key': key, 'aria-label': label, title: label,
    disabled, onclick }, icon(symbol));
}
