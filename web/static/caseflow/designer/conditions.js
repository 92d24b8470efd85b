// The condition of a flow with the variables it may use, and the ways out of a gateway.
import { h, icon, say } from './dom.js';
import { kind, shownName } from './model.js';
import { check, field, long } from './panel.js';

const quoted = (value) => `'${value}'`;

// [what is shown, what is written] for each thing that can be said of a variable
function uses(variable) {
  if (variable.choices?.length) return variable.choices.map(({ id, name }) => [name, `${variable.name} == ${quoted(id)}`]);
  if (variable.type === 'boolean') return [[say('is_true'), `${variable.name} == True`]];
  if (variable.type === 'date') return [[say('is_past'), `${variable.name} < today()`]];
  return [[say('is_more'), `${variable.name} > 0`]];
}

function variablesList(given, tasks, insert) {
  const button = ([shown, written]) => h('button', { type: 'button', class: 'btn btn-sm', title: written, onclick: () => insert(written) }, shown);
  const line = (name, label, entries) => h('li', {}, h('span', {}, label, ' ', h('code', {}, name)), h('span', { class: 'insert' }, entries.map(button)));
  return h('details', { class: 'variables', 'data-key': 'variables' }, h('summary', {}, say('variables')),
    h('ul', {}, given.map((variable) => line(variable.name, variable.label, uses(variable))),
      line('visits()', say('visits'), tasks.map((task) => [say('visited', { name: shownName(task) }), `visits('${task.id}') >= 1`]))),
    h('p', { class: 'form-hint' }, say('operators'), ' ', h('code', {}, "== != < <= > >= in [...] and or not is_empty(x) days_between(a, b) today()")));
}

export function conditionPart(flow, { modeler, facts, edits, variables }) {
  const owner = flow.businessObject;
  if (owner.sourceRef?.$type !== 'bpmn:ExclusiveGateway') return h('p', { class: 'form-hint' }, say('no_condition_here'));
  const gateway = modeler.get('elementRegistry').get(owner.sourceRef.id);
  const isDefault = owner.sourceRef.default === owner;
  const box = check('default', say('default_flow'), isDefault, (value) => edits.setDefault(gateway, value ? flow : null));
  if (isDefault) return [box, h('p', { class: 'form-hint' }, say('default_hint'))];
  const body = owner.conditionExpression?.body ?? '';
  const input = long('condition', body, (value) => edits.setCondition(flow, value), 3, { class: 'form-control code' });
  const insert = (written) => edits.setCondition(flow, body.trim() ? `${body.trim()} and ${written}` : written);
  const tasks = modeler.get('elementRegistry').filter((element) => kind(element) === 'UserTask' && element.type !== 'label')
    .map((element) => element.businessObject);
  return [box, field(say('condition'), input, say('condition_hint')), variablesList([...variables(), ...facts.variables], tasks, insert)];
}

export function flowsPart(gateway, { edits, show }) {
  const owner = gateway.businessObject;
  const flows = gateway.outgoing ?? [];
  if (flows.length < 2) return null;
  const line = (flow) => {
    const radio = h('input', { type: 'radio', name: 'default-flow', class: 'form-check-input', 'data-key': `default-${flow.id}`,
      onchange: () => edits.setDefault(gateway, flow) });
    radio.checked = owner.default === flow.businessObject;
    const condition = flow.businessObject.conditionExpression?.body;
    return h('li', {},
      h('label', { class: 'form-check' }, radio, ' ', h('span', { class: 'form-check-label' }, say('default_short'))),
      h('button', { type: 'button', class: 'btn btn-sm tool', onclick: () => show(flow) },
        icon('arrow-right'), flow.businessObject.name || shownName(flow.target.businessObject)),
      condition ? h('code', {}, condition) : null);
  };
  return h('fieldset', { class: 'property-group' }, h('legend', {}, say('ways_out')), h('ul', { class: 'ways-out' }, flows.map(line)));
}
