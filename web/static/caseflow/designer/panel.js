// The properties of what is selected: exactly what the dialect has, in plain fields.
import { h, icon, say, select } from './dom.js';
import { conditionPart, flowsPart } from './conditions.js';
import { fieldsPart } from './fields.js';
import { article, fieldsOf, instruction, kind, messageOf, shownName, timerOf, variablesOf } from './model.js';
import { timerPart } from './timer-part.js';

const WITH_ARTICLE = ['UserTask', 'ServiceTask', 'SubProcess', 'CallActivity', 'BoundaryEvent', 'IntermediateCatchEvent'];
const WITH_INSTRUCTION = ['UserTask', 'ServiceTask', 'SubProcess', 'CallActivity'];
const LONG_NAMES = ['TextAnnotation'];
const FIXED_IDS = ['Process', 'Collaboration', 'Participant', 'Lane', 'LaneSet', 'SequenceFlow', 'TextAnnotation', 'Association',
  'Group'];

let counter = 0;

// A labelled field; `key` finds it again after the panel is drawn anew.
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

export function check(key, label, checked, onchange) {
  const box = h('input', { type: 'checkbox', class: 'form-check-input', 'data-key': key,
    onchange: (event) => onchange(event.target.checked) });
  box.checked = checked;
  return h('label', { class: 'form-check property-check' }, box, ' ', h('span', { class: 'form-check-label' }, label));
}

export function createPanel({ modeler, facts, edits, place }) {
  const title = place.querySelector('[data-panel-title]');
  const body = place.querySelector('[data-panel-body]');
  let shown = null;

  const tools = { modeler, facts, edits, variables: () => variablesOf(modeler), show: (element) => modeler.get('selection').select(element) };

  function idPart(element) {
    const owner = element.businessObject;
    if (FIXED_IDS.includes(kind(element))) return null;
    const rename = (value) => {
      const id = value.trim();
      const taken = modeler.get('moddle').ids.assigned(id);
      if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(id) || (taken && taken !== owner)) { draw(); return; }
      edits.set(element, { id });
    };
    return field(say('id'), text('id', owner.id, rename, { class: 'form-control code' }), say('id_hint'));
  }

  function performer(element) {
    const [unit, role] = (element.businessObject.get('camunda:candidateGroups') ?? '').split('.');
    const set = (newUnit, newRole) => edits.set(element, { 'camunda:candidateGroups': `${newUnit}.${newRole}` });
    return h('div', { class: 'property-row' },
      field(say('unit'), select({ 'data-key': 'unit', value: unit || '', onchange: (event) => set(event.target.value, role || 'officer') },
        [...(unit ? [] : [['', say('choose')]]), ...facts.units])),
      field(say('role'), select({ 'data-key': 'role', value: role || '', onchange: (event) => set(unit || 'responsible', event.target.value) },
        [...(role ? [] : [['', say('choose')]]), ...facts.roles.filter(([key]) => unit !== 'responsible' || key !== 'reviewer')])));
  }

  function articlePart(element) {
    const code = article(element.businessObject);
    const sentence = facts.articles.find(([key]) => key === code)?.[1];
    const choices = [['', say('no_article')], ...facts.articles.map(([key]) => [key, key])];
    return [
      field(say('article'), select({ 'data-key': 'article', value: code, onchange: (event) => edits.setArticle(element, event.target.value) }, choices)),
      sentence ? h('details', { class: 'article' }, h('summary', {}, say('article_text')), h('blockquote', {}, sentence)) : null,
    ];
  }

  function topic(element) {
    const value = element.businessObject.get('camunda:topic') ?? '';
    const known = facts.topics.find(([key]) => key === value);
    const choices = [...(value ? [] : [['', say('choose')]]), ...facts.topics.map(([key, told]) => [key, told])];
    return [
      field(say('topic'), select({ 'data-key': 'topic', value, onchange: (event) => edits.set(element, { 'camunda:topic': event.target.value, 'camunda:type': 'external' }) }, choices)),
      known ? h('p', { class: 'form-hint' }, h('code', {}, value), ' ', known[1]) : null,
    ];
  }

  function messagePart(element) {
    const names = modeler.getDefinitions().rootElements.filter((part) => part.$type === 'bpmn:Message').map(({ name }) => name);
    const known = [...new Set([...facts.messages.map(([name]) => name), ...names])];
    const value = messageOf(element.businessObject).messageRef?.name ?? '';
    const words = Object.fromEntries(facts.messages);
    return field(say('message'), select({ 'data-key': 'message', value, onchange: (event) => edits.setMessage(element, event.target.value) },
      [...(value ? [] : [['', say('choose')]]), ...known.map((name) => [name, words[name] ?? name])]), say('message_hint'));
  }

  function eventPart(element) {
    const owner = element.businessObject;
    return [
      timerOf(owner) ? timerPart(element, tools) : null,
      messageOf(owner) ? messagePart(element) : null,
      kind(element) === 'BoundaryEvent'
        ? check('cancel', say('interrupts'), owner.cancelActivity !== false, (value) => edits.set(element, { cancelActivity: value })) : null,
    ];
  }

  function calledPart(element) {
    const value = element.businessObject.calledElement ?? '';
    return field(say('called'), select({ 'data-key': 'called', value, onchange: (event) => edits.set(element, { calledElement: event.target.value }) },
      [...(value ? [] : [['', say('choose')]]), ...facts.processes]));
  }

  const PARTS = {
    UserTask: (element) => [performer(element), fieldsPart(element, fieldsOf(element.businessObject), tools)],
    ServiceTask: (element) => topic(element),
    CallActivity: (element) => calledPart(element),
    SequenceFlow: (element) => conditionPart(element, tools),
    ExclusiveGateway: (element) => flowsPart(element, tools),
    BoundaryEvent: eventPart,
    IntermediateCatchEvent: eventPart,
  };

  function deadlineButton(element) {
    if (!facts.editable || !['UserTask', 'SubProcess', 'CallActivity'].includes(kind(element))) return null;
    return h('button', { type: 'button', class: 'btn btn-sm property-button', onclick: () => modeler.get('deadlines').add(element) },
      icon('clock'), say('add_deadline'));
  }

  function namePart(element) {
    const owner = element.businessObject;
    if (LONG_NAMES.includes(kind(element))) {
      return field(say('note'), long('name', owner.text ?? '', (value) => edits.set(element, { text: value })));
    }
    const label = kind(element) === 'ExclusiveGateway' ? say('question') : say('name');
    return field(label, long('name', owner.name ?? '', (value) => edits.set(element, { name: value.trim() || undefined }), 1));
  }

  function parts(element) {
    const type = kind(element);
    if (type === 'Collaboration') return [h('p', { class: 'text-secondary' }, say('choose_element'))];
    return [
      type === 'Process' ? h('p', { class: 'text-secondary' }, say('choose_element')) : null,
      namePart(element),
      WITH_INSTRUCTION.includes(type) ? field(say(type === 'UserTask' ? 'instruction' : 'description'),
        long('instruction', instruction(element.businessObject), (value) => edits.setInstruction(element, value), 4)) : null,
      WITH_ARTICLE.includes(type) ? articlePart(element) : null,
      PARTS[type]?.(element),
      deadlineButton(element),
      idPart(element),
    ].flat(3).filter(Boolean);
  }

  function draw() {
    const element = shown;
    const focus = body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const open = new Set([...body.querySelectorAll('details[open][data-key]')].map((part) => part.dataset.key));
    title.textContent = element.businessObject.name ? `${say(`kind_${kind(element)}`)}：${shownName(element.businessObject)}` : say(`kind_${kind(element)}`);
    body.replaceChildren(h('fieldset', { disabled: !facts.editable }, h('legend', { class: 'visually-hidden' }, title.textContent), parts(element)));
    body.querySelectorAll('details[data-key]').forEach((part) => { if (open.has(part.dataset.key)) part.open = true; });
    if (focus) [...body.querySelectorAll('[data-key]')].find((part) => part.dataset.key === focus)?.focus();
  }

  let waiting = 0;
  const later = () => { clearTimeout(waiting); waiting = setTimeout(draw, 0); };
  const root = () => modeler.get('canvas').getRootElement();
  const choose = (selection) => {
    const chosen = selection.length === 1 ? selection[0] : root();
    shown = chosen.labelTarget ?? chosen;
    later();
  };
  modeler.on('selection.changed', ({ newSelection }) => choose(newSelection));
  modeler.on('commandStack.changed', () => {
    if (!modeler.get('elementRegistry').get(shown.id)) choose(modeler.get('selection').get());
    later();
  });
  choose([]);
  return {
    // what is typed and not yet given to the modeler
    commit() {
      if (body.contains(document.activeElement)) document.activeElement.dispatchEvent(new Event('change'));
    },
  };
}
