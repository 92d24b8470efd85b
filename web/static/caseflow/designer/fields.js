// The form of a task: fields to add, order, change and remove.
import { CODE, button, check, field, group, long, pick, row, text, tool } from './controls.js';
import { h, say } from './dom.js';
import { MOST_RULES } from './model.js';

const DECIDING = ['enum', 'boolean', 'date', 'long'];
const TYPES = ['string', 'text', 'enum', 'boolean', 'date', 'long', 'unit'];
const BOUNDS = { string: ['minlength', 'maxlength'], text: ['minlength', 'maxlength'], long: ['min', 'max'] };
const UNBOUND = { min: '', max: '', minlength: '', maxlength: '' };
const FRESH = { type: 'text', default: '', required: true, ...UNBOUND, maxlength: '2000', visible_when: '', first_visit_only: '',
  choices: [], rules: [], rest: { constraints: [], properties: [] } };

// What another type leaves of a field.
function retyped(one, type) {
  const bounds = Object.fromEntries((BOUNDS[type] ?? []).map((name) => [name, one[name]]));
  const asked = [{ id: 'yes', name: say('choice_yes') }, { id: 'no', name: say('choice_no') }];
  const choices = type !== 'enum' ? [] : one.choices.length ? one.choices : asked;
  const rules = DECIDING.includes(type) ? one.rules : [];
  return { type, default: '', ...UNBOUND, ...bounds, choices, rules, first_visit_only: type === 'enum' ? one.first_visit_only : '' };
}

function choicesPart(one, key, write) {
  const replace = (index, values) => write(one.choices.map((choice, at) => (at === index ? { ...choice, ...values } : choice)));
  const line = ({ id, name }, at) => h('li', { class: 'choice' },
    text(`${key}-choice-name-${at}`, name, (value) => replace(at, { name: value }), { 'aria-label': say('choice_name') }),
    text(`${key}-choice-id-${at}`, id, (value) => replace(at, { id: value.trim() }), { 'aria-label': say('choice_id'), ...CODE }),
    tool(`${key}-choice-remove-${at}`, 'trash', say('remove_choice', { name }), one.choices.length < 2,
      () => write(one.choices.filter((_, index) => index !== at))));
  const add = () => write([...one.choices, { id: `choice_${one.choices.length + 1}`, name: say('new_choice') }]);
  return group(say('choices'), h('ol', { class: 'choices' }, one.choices.map(line)),
    button(`${key}-choice-add`, 'plus', say('add_choice'), add));
}

function defaultPart(one, key, write) {
  const yesOrNo = [['true', say('yes')], ['false', say('no')]];
  const choices = { enum: one.choices.map(({ id, name }) => [id, name]), boolean: yesOrNo }[one.type];
  return choices
    ? pick(say('default_value'), `${key}-default`, one.default, choices, write, { empty: say('none') })
    : field(say('default_value'), text(`${key}-default`, one.default, write));
}

// visible_when has three forms, all on a choice or yes/no field before this one
function visiblePart(one, before, key, write) {
  const choices = before.flatMap((other) => (other.type === 'boolean' ? [[`${other.id} == True`, `${other.label}：${say('yes')}`]]
    : other.choices.map(({ id, name }) => [`${other.id} == '${id}'`, `${other.label}：${name}`])));
  const raw = () => text(`${key}-visible-text`, one.visible_when, write, CODE);
  return [
    pick(say('visible_when'), `${key}-visible`, one.visible_when, choices, write, { empty: say('always') }),
    one.visible_when ? field(say('visible_expression'), raw(), say('visible_hint')) : null,
  ];
}

function firstVisitPart(one, key, write) {
  const chosen = one.first_visit_only.split(',').map((part) => part.trim()).filter(Boolean);
  const toggled = (id, on) => one.choices.map((choice) => choice.id)
    .filter((other) => (other === id ? on : chosen.includes(other))).join(',');
  const box = ({ id, name }) => check(`${key}-first-${id}`, name, chosen.includes(id), (on) => write(toggled(id, on)));
  return group(say('first_visit_only'), one.choices.map(box));
}

const oneLine = (text) => text.trim().replace(/\s+/g, ' ');

// What the answer has to keep, each with the sentence for whoever breaks it.
function rulesPart(one, key, write) {
  const replace = (index, values) => write(one.rules.map((rule, at) => (at === index ? { ...rule, ...values } : rule)));
  const line = (rule, at) => h('li', { class: 'choice-rule' },
    field(say('rule_text'), long(`${key}-rule-${at}`, rule.text, (value) => replace(at, { text: oneLine(value) }), 2, CODE), say('rule_hint')),
    field(say('rule_says'), long(`${key}-rule-says-${at}`, rule.says, (value) => replace(at, { says: oneLine(value) }), 3)),
    button(`${key}-rule-remove-${at}`, 'trash', say('remove_rule'), () => write(one.rules.filter((_, index) => index !== at))));
  const add = () => write([...one.rules, { text: one.type === 'date' ? `${one.id} > today()` : `${one.id} == `, says: say('new_rule') }]);
  return group(say('rules'), one.rules.length ? h('ol', { class: 'choices' }, one.rules.map(line)) : null,
    one.rules.length < MOST_RULES ? button(`${key}-rule-add`, 'plus', say('add_rule'), add) : null);
}

export function fieldsPart(element, fields, { edits }) {
  const set = (changed) => edits.setFields(element, changed);
  const replace = (index, values) => set(fields.map((one, at) => (at === index ? { ...one, ...values, changed: true } : one)));
  // The panel is drawn anew by keys: what was open and had the focus goes with the field.
  const move = (index, by, pressed) => {
    const details = [...pressed.closest('.form-fields').children].map((entry) => entry.querySelector('details'));
    [details[index].open, details[index + by].open] = [details[index + by].open, details[index].open];
    pressed.dataset.key = pressed.dataset.key.replace(/^field-\d+/, `field-${index + by}`);
    const ordered = [...fields];
    ordered.splice(index + by, 0, ...ordered.splice(index, 1));
    set(ordered);
  };
  const add = () => {
    let number = fields.length + 1;
    while (fields.some(({ id }) => id === `field_${number}`)) number += 1;
    set([...fields, { ...FRESH, id: `field_${number}`, label: say('new_field') }]);
  };

  function toolsOf({ label: name }, index, key) {
    const moving = (by) => ({ currentTarget }) => move(index, by, currentTarget);
    return h('div', { class: 'field-tools' },
      tool(`${key}-up`, 'arrow-up', say('move_up', { name }), index === 0, moving(-1)),
      tool(`${key}-down`, 'arrow-down', say('move_down', { name }), index === fields.length - 1, moving(1)),
      tool(`${key}-remove`, 'trash', say('remove_field', { name }), false, () => set(fields.filter((_, at) => at !== index))));
  }

  function line(one, index) {
    const key = `field-${index}`;
    const write = (name) => (value) => replace(index, { [name]: typeof value === 'string' ? value.trim() : value });
    const summary = h('summary', {}, h('span', { class: 'strong' }, one.label || one.id), ' ',
      h('span', { class: 'text-secondary' }, say(`type_${one.type}`), one.required ? ` · ${say('required')}` : ''));
    const bounds = (BOUNDS[one.type] ?? []).map((name) => field(say(name),
      text(`${key}-${name}`, one[name], write(name), { inputmode: 'numeric' })));
    return h('li', { class: 'form-field' }, h('details', { 'data-key': key }, summary,
      toolsOf(one, index, key),
      field(say('label'), text(`${key}-label`, one.label, write('label'))),
      row(
        pick(say('type'), `${key}-type`, one.type, TYPES.map((type) => [type, say(`type_${type}`)]),
          (type) => replace(index, retyped(one, type))),
        field(say('id'), text(`${key}-id`, one.id, write('id'), CODE))),
      check(`${key}-required`, say('required'), one.required, write('required')),
      bounds.length ? row(bounds) : null,
      one.type === 'enum' ? choicesPart(one, key, write('choices')) : null,
      one.type === 'unit' ? null : defaultPart(one, key, write('default')),
      visiblePart(one, fields.slice(0, index), key, write('visible_when')),
      one.type === 'enum' ? firstVisitPart(one, key, write('first_visit_only')) : null,
      DECIDING.includes(one.type) ? rulesPart(one, key, write('rules')) : null));
  }

  return group(say('form'),
    fields.length ? h('ol', { class: 'form-fields' }, fields.map(line)) : h('p', { class: 'text-secondary' }, say('no_fields')),
    button('field-add', 'plus', say('add_field'), add));
}
