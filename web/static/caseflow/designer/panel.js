// The properties of what is selected: exactly what the dialect has, in plain fields.
import { CODE, check, field, long, pick, row, text } from './controls.js';
import { conditionPart, flowsPart } from './conditions.js';
import { h, icon, say } from './dom.js';
import { fieldsPart } from './fields.js';
import { fieldsOf, instruction, kind, messageOf, property, shownName, timerOf, variablesOf } from './model.js';
import { timerPart } from './timer-part.js';

const HOSTS = ['UserTask', 'SubProcess', 'CallActivity'];
const WITH_INSTRUCTION = [...HOSTS, 'ServiceTask'];
const WITH_ARTICLE = [...WITH_INSTRUCTION, 'BoundaryEvent', 'IntermediateCatchEvent'];
const FIXED_IDS = ['Process', 'Collaboration', 'Participant', 'Lane', 'SequenceFlow', 'TextAnnotation', 'Association', 'Group'];
const ID = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

export function createPanel({ modeler, facts, edits, place }) {
  const title = place.querySelector('[data-panel-title]');
  const body = place.querySelector('[data-panel-body]');
  const show = (element) => modeler.get('selection').select(element);
  const tools = { modeler, facts, edits, show, variables: () => variablesOf(modeler) };
  const unless = (value) => (value ? {} : { empty: say('choose') });
  let shown = null;
  let resting = false;      // while the simulation runs, nothing is changed

  function idPart(element) {
    const owner = element.businessObject;
    if (FIXED_IDS.includes(kind(element))) return null;
    const rename = (value) => {
      const id = value.trim();
      const taken = modeler.get('moddle').ids.assigned(id);
      if (ID.test(id) && (!taken || taken === owner)) edits.set(element, { id }); else draw();
    };
    return field(say('id'), text('id', owner.id, rename, CODE), say('id_hint'));
  }

  function performer(element) {
    const [unit, role] = (element.businessObject.get('camunda:candidateGroups') ?? '').split('.');
    const set = (values) => {
      const group = { unit: unit || 'responsible', role: role || 'officer', ...values };
      edits.set(element, { 'camunda:candidateGroups': `${group.unit}.${group.role}` });
    };
    const roles = facts.roles.filter(([key]) => unit !== 'responsible' || key !== 'reviewer');
    return row(
      pick(say('unit'), 'unit', unit || '', facts.units, (value) => set({ unit: value }), unless(unit)),
      pick(say('role'), 'role', role || '', roles, (value) => set({ role: value }), unless(role)));
  }

  function articlePart(element) {
    const code = property(element.businessObject, 'article');
    const sentence = facts.articles.find(([key]) => key === code)?.[1];
    const choices = facts.articles.map(([key]) => [key, key]);
    return [
      pick(say('article'), 'article', code, choices, (value) => edits.setProperty(element, 'article', value), { empty: say('no_article') }),
      sentence ? h('details', { class: 'article', 'data-key': 'article-text' }, h('summary', {}, say('article_text')),
        h('blockquote', {}, sentence)) : null,
    ];
  }

  function topic(element) {
    const value = element.businessObject.get('camunda:topic') ?? '';
    const set = (name) => edits.set(element, { 'camunda:topic': name, 'camunda:type': 'external' });
    const known = facts.topics.find(([key]) => key === value);
    return [
      pick(say('topic'), 'topic', value, facts.topics, set, unless(value)),
      known ? h('p', { class: 'form-hint' }, h('code', {}, value), ' ', known[1]) : null,
    ];
  }

  function messagePart(element) {
    const inFile = modeler.getDefinitions().rootElements.filter((part) => part.$type === 'bpmn:Message').map(({ name }) => name);
    const others = inFile.filter((name) => !facts.messages.some(([known]) => known === name)).map((name) => [name, name]);
    const value = messageOf(element.businessObject).messageRef?.name ?? '';
    return pick(say('message'), 'message', value, [...facts.messages, ...others], (name) => edits.setMessage(element, name),
      { ...unless(value), hint: say('message_hint') });
  }

  function eventPart(element) {
    const owner = element.businessObject;
    const interrupts = (value) => edits.set(element, { cancelActivity: value });
    return [
      timerOf(owner) ? timerPart(element, tools) : null,
      timerOf(owner) && kind(element) === 'BoundaryEvent' ? limitPart(element) : null,
      messageOf(owner) ? messagePart(element) : null,
      kind(element) === 'BoundaryEvent' ? check('cancel', say('interrupts'), owner.cancelActivity !== false, interrupts) : null,
    ];
  }

  function limitPart(element) {
    const value = property(element.businessObject, 'limit');
    const choices = ['statutory', 'reminder'].map((key) => [key, say(`limit_${key}`)]);
    const set = (chosen) => edits.setProperty(element, 'limit', chosen);
    return pick(say('limit'), 'limit', value, choices, set, { empty: say('limit_unmarked'), hint: say('limit_hint') });
  }

  function calledPart(element) {
    const value = element.businessObject.calledElement ?? '';
    return pick(say('called'), 'called', value, facts.processes, (id) => edits.set(element, { calledElement: id }), unless(value));
  }

  const PARTS = {
    UserTask: (element) => [performer(element), fieldsPart(element, fieldsOf(element.businessObject), tools)],
    ServiceTask: topic,
    CallActivity: calledPart,
    SequenceFlow: (element) => conditionPart(element, tools),
    ExclusiveGateway: (element) => flowsPart(element, tools),
    BoundaryEvent: eventPart,
    IntermediateCatchEvent: eventPart,
  };

  function namePart(element) {
    const owner = element.businessObject;
    if (kind(element) === 'TextAnnotation') {
      return field(say('note'), long('name', owner.text ?? '', (value) => edits.set(element, { text: value })));
    }
    const label = say(kind(element) === 'ExclusiveGateway' ? 'question' : 'name');
    return field(label, long('name', owner.name ?? '', (value) => edits.set(element, { name: value.trim() || undefined }), 1));
  }

  function instructionPart(element) {
    const label = say(kind(element) === 'UserTask' ? 'instruction' : 'description');
    const set = (value) => edits.setInstruction(element, value);
    return field(label, long('instruction', instruction(element.businessObject), set, 4));
  }

  function deadlineButton(element) {
    return h('button', { type: 'button', class: 'btn btn-sm property-button', onclick: () => modeler.get('deadlines').add(element) },
      icon('clock'), say('add_deadline'));
  }

  function parts(element) {
    const type = kind(element);
    const hint = h('p', { class: 'text-secondary' }, say('choose_element'));
    if (type === 'Collaboration') return [hint];
    return [
      type === 'Process' ? hint : null,
      namePart(element),
      WITH_INSTRUCTION.includes(type) ? instructionPart(element) : null,
      WITH_ARTICLE.includes(type) ? articlePart(element) : null,
      PARTS[type]?.(element),
      HOSTS.includes(type) && facts.editable ? deadlineButton(element) : null,
      idPart(element),
    ].flat(3).filter(Boolean);
  }

  function draw() {
    const { businessObject: owner } = shown;
    const focus = body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const open = new Set([...body.querySelectorAll('details[open][data-key]')].map((part) => part.dataset.key));
    title.textContent = say(`kind_${kind(shown)}`) + (owner.name ? `：${shownName(owner)}` : '');
    const legend = h('legend', { class: 'visually-hidden' }, title.textContent);
    body.replaceChildren(h('fieldset', { disabled: !facts.editable || resting }, legend, parts(shown)));
    const keyed = [...body.querySelectorAll('[data-key]')];
    keyed.filter((part) => part.tagName === 'DETAILS').forEach((part) => { part.open = open.has(part.dataset.key); });
    if (focus) keyed.find((part) => part.dataset.key === focus)?.focus();
  }

  let typed = null;
  body.addEventListener('input', ({ target }) => { typed = target; });
  body.addEventListener('change', () => { typed = null; });

  let waiting = 0;
  const later = () => { clearTimeout(waiting); waiting = setTimeout(draw, 0); };
  const choose = (selection) => {
    const chosen = selection.length === 1 ? selection[0] : modeler.get('canvas').getRootElement();
    shown = chosen.labelTarget ?? chosen;
    later();
  };
  modeler.on('selection.changed', ({ newSelection }) => choose(newSelection));
  modeler.on('commandStack.changed', () => {
    if (!modeler.get('elementRegistry').get(shown.id)) choose(modeler.get('selection').get());
    later();
  });
  modeler.on('tokenSimulation.toggleMode', ({ active }) => {
    resting = active;
    later();
  });
  choose([]);
  return {
    // what is typed and not yet given to the modeler, and nothing else: a field that still stands there from before the
    // last change would take it back
    commit() {
      if (typed && body.contains(typed)) typed.dispatchEvent(new Event('change', { bubbles: true }));
    },
  };
}
