// Elements of the page from data, without markup in texts; and the words, which the page brings in its language.
let words = {};

export function speak(dictionary) {
  words = dictionary;
}

// say('saved', { revision: 3 }): the sentence of this key with {revision} replaced
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// h('button', { type: 'button', class: 'btn', onclick: … }, 'text', child, null)
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'value') node.value = value;
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  if (tag === 'select' && 'value' in attributes) node.value = attributes.value;
  return node;
}

// choices: [value, text][]; a value that is none of them stays, as itself
export function select(attributes, choices) {
  const known = choices.some(([value]) => value === attributes.value);
  const all = known || !attributes.value ? choices : [[attributes.value, attributes.value], ...choices];
  return h('select', { class: 'form-select', ...attributes }, all.map(([value, text]) => h('option', { value }, text)));
}

export function icon(name) {
  const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  drawing.setAttribute('class', 'icon');
  drawing.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${document.getElementById('designer').dataset.icons}#${name}`);
  drawing.append(use);
  return drawing;
}

export function token() {
  return document.querySelector('meta[name="csrf-token"]')?.content || '';
}
