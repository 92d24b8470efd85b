// The form of a task: fields to add, order, change and remove.
import { h, icon, say, select } from './dom.js';
import { check, field, text } from './panel.js';

const TYPES = ['string', 'text', 'enum', 'boolean', 'date', 'long'];
const BOUNDS = { string: ['minlength', 'maxlength'], text: ['minlength', 'maxlength'], long: ['min', 'max'] };

export function fieldsPart(element, fields, { edits }) {
  const set = (changed) => edits.setFields(element, changed);
  const replace = (index, values) => set(fields.map((one, at) => (at === index ? { ...one, ...values, changed: true } : one)));
  const move = (index, by) => {
    const ordered = [...fields];
    ordered.splice(index + by, 0, ...ordered.splice(index, 1));
    set(ordered);
  };
  const add = () => {
    let number = fields.length + 1;
    while (fields.some(({ id }) => id === `field_${number}`)) number += 1;
    set([...fields, { id: `field_${number}`, label: say('new_field'), type: 'text', default: '', required: true, min: '', max: '',
      minlength: '', maxlength: '2000', visible_when: '', first_visit_only: '', choices: [], rest: { constraints: [], properties: [] } }]);
  };

  const small = (name, symbol, label, disabled, onclick) => h('button',
    { type: 'button', class: 'btn btn-sm tool', 'data-key': name, 'aria-label': label, title: label, disabled, onclick }, icon(symbol));

  function retyped(one, type) {
    const kept = BOUNDS[type] ?? [];
    const cleared = Object.fromEntries(['min', 'max', 'minlength', 'maxlength'].filter((name) => !kept.includes(name)).map((name) => [name, '']));
    const choices = type === 'enum' ? (one.choices.length ? one.choices : [{ id: 'yes', name: say('choice_yes') }, { id: 'no', name: say('choice_no') }]) : [];
    return { type, default: '', ...cleared, choices, first_visit_only: type === 'enum' ? one.first_visit_only : '' };
  }

  function choicesPart(one, index, key) {
    const change = (choices) => replace(index, { choices });
    const line = (choice, at) => h('li', { class: 'choice' },
      text(`${key}-choice-name-${at}`, choice.name, (name) => change(one.choices.map((c, i) => (i === at ? { ...c, name } : c))), { 'aria-label': say('choice_name') }),
      text(`${key}-choice-id-${at}`, choice.id, (id) => change(one.choices.map((c, i) => (i === at ? { ...c, id: id.trim() } : c))), { 'aria-label': say('choice_id'), class: 'form-control code' }),
      small(`${key}-choice-remove-${at}`, 'trash', say('remove_choice', { name: choice.name }), one.choices.length < 2, () => change(one.choices.filter((_, i) => i !== at))));
    const fresh = () => change([...one.choices, { id: `choice_${one.choices.length + 1}`, name: say('new_choice') }]);
    return h('fieldset', { class: 'property-group' }, h('legend', {}, say('choices')), h('ol', { class: 'choices' }, one.choices.map(line)),
      h('button', { type: 'button', class: 'btn btn-sm', 'data-key': `${key}-choice-add`, onclick: fresh }, icon('plus'), say('add_choice')));
  }

  function defaultPart(one, index, key) {
    const write = (value) => replace(index, { default: value.trim() });
    const choices = { enum: one.choices.map(({ id, name }) => [id, name]), boolean: [['true', say('yes')], ['false', say('no')]] }[one.type];
    const input = choices
      ? select({ 'data-key': `${key}-default`, value: one.default, onchange: (event) => write(event.target.value) }, [['', say('none')], ...choices])
      : text(`${key}-default`, one.default, write);
    return field(say('default_value'), input);
  }

  // visible_when has three forms, all on a choice or yes/no field before this one
  function visiblePart(one, index, key) {
    const before = fields.slice(0, index);
    const choices = before.flatMap((other) => (other.type === 'boolean' ? [[`${other.id} == True`, `${other.label}：${say('yes')}`]]
      : other.choices.map(({ id, name }) => [`${other.id} == '${id}'`, `${other.label}：${name}`])));
    const write = (value) => replace(index, { visible_when: value.trim() });
    return [
      field(say('visible_when'), select({ 'data-key': `${key}-visible`, value: one.visible_when, onchange: (event) => write(event.target.value) }, [['', say('always')], ...choices])),
      one.visible_when ? field(say('visible_expression'), text(`${key}-visible-text`, one.visible_when, write, { class: 'form-control code' }), say('visible_hint')) : null,
    ];
  }

  function firstVisitPart(one, index, key) {
    const chosen = one.first_visit_only.split(',').map((part) => part.trim()).filter(Boolean);
    const box = ({ id, name }) => check(`${key}-first-${id}`, name, chosen.includes(id), (value) => replace(index, {
      first_visit_only: one.choices.map((choice) => choice.id).filter((other) => (other === id ? value : chosen.includes(other))).join(',') }));
    return h('fieldset', { class: 'property-group' }, h('legend', {}, say('first_visit_only')), one.choices.map(box));
  }

  function one(form, index) {
    const key = `field-${index}`;
    const write = (name) => (value) => replace(index, { [name]: value.trim() });
    return h('li', { class: 'form-field' }, h('details', { 'data-key': key },
      h('summary', {}, h('span', { class: 'strong' }, form.label || form.id), ' ', h('span', { class: 'text-secondary' }, say(`type_${form.type}`), form.required ? ` · ${say('required')}` : '')),
      h('div', { class: 'field-tools' },
        small(`${key}-up`, 'arrow-up', say('move_up', { name: form.label }), index === 0, () => move(index, -1)),
        small(`${key}-down`, 'arrow-down', say('move_down', { name: form.label }), index === fields.length - 1, () => move(index, 1)),
        small(`${key}-remove`, 'trash', say('remove_field', { name: form.label }), false, () => set(fields.filter((_, at) => at !== index)))),
      field(say('label'), text(`${key}-label`, form.label, write('label'))),
      h('div', { class: 'property-row' },
        field(say('type'), select({ 'data-key': `${key}-type`, value: form.type, onchange: (event) => replace(index, retyped(form, event.target.value)) }, TYPES.map((type) => [type, say(`type_${type}`)]))),
        field(say('id'), text(`${key}-id`, form.id, write('id'), { class: 'form-control code' }))),
      check(`${key}-required`, say('required'), form.required, (required) => replace(index, { required })),
      BOUNDS[form.type] ? h('div', { class: 'property-row' }, BOUNDS[form.type].map((name) => field(say(name),
        text(`${key}-${name}`, form[name], write(name), { inputmode: 'numeric' })))) : null,
      form.type === 'enum' ? choicesPart(form, index, key) : null,
      defaultPart(form, index, key),
      visiblePart(form, index, key),
      form.type === 'enum' ? firstVisitPart(form, index, key) : null));
  }

  return h('fieldset', { class: 'property-group' }, h('legend', {}, say('form')),
    fields.length ? h('ol', { class: 'form-fields' }, fields.map(one)) : h('p', { class: 'text-secondary' }, say('no_fields')),
    h('button', { type: 'button', class: 'btn btn-sm', 'data-key': 'field-add', onclick: add }, icon('plus'), say('add_field')));
}
