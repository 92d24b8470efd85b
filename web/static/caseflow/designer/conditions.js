// The condition of a flow with the variables it may use, and the ways out of a gateway.
import { CODE, check, field, group, long } from './controls.js';
import { h, icon, say } from './dom.js';
import { kind, shownName } from './model.js';

const LANGUAGE = '== != < <= > >= in [...] and or not is_empty(x) days_between(a, b) today()';

// [what is shown, what is written] for each thing that can be said of a variable
function uses({ name, type, choices }) {
  if (choices?.length) return choices.map((choice) => [choice.name, `${name} == '${choice.id}'`]);
  if (type === 'boolean') return [[say('is_true'), `${name} == True`]];
  if (type === 'date') return [[say('is_past'), `${name} < today()`]];
  return [[say('is_more'), `${name} > 0`]];
}

function variablesList(given, tasks, insert) {
  const entry = ([shown, written]) => h('button',
    { type: 'button', class: 'btn btn-sm', title: written, onclick: () => insert(written) }, shown);
  const line = (name, label, entries) => h('li', {}, h('span', {}, label, ' ', h('code', {}, name)),
    h('span', { class: 'insert' }, entries.map(entry)));
  const visited = tasks.map((task) => [say('visited', { name: shownName(task) }), `visits('${task.id}') >= 1`]);
  return h('details', { class: 'variables', 'data-key': 'variables' }, h('summary', {}, say('variables')),
    h('ul', {}, given.map((variable) => line(variable.name, variable.label, uses(variable))), line('visits()', say('visits'), visited)),
    h('p', { class: 'form-hint' }, say('operators'), ' ', h('code', {}, LANGUAGE)));
}

export function conditionPart(flow, { modeler, facts, edits, variables }) {
  const owner = flow.businessObject;
  if (owner.sourceRef?.$type !== 'bpmn:ExclusiveGateway') return h('p', { class: 'form-hint' }, say('no_condition_here'));
  const registry = modeler.get('elementRegistry');
  const isDefault = owner.sourceRef.default === owner;
  const setDefault = (value) => edits.setDefault(registry.get(owner.sourceRef.id), value ? flow : null);
  const box = check('default', say('default_flow'), isDefault, setDefault);
  if (isDefault) return [box, h('p', { class: 'form-hint' }, say('default_hint'))];
  const body = (owner.conditionExpression?.body ?? '').trim();
  const input = long('condition', body, (value) => edits.setCondition(flow, value), 3, CODE);
  const insert = (written) => edits.setCondition(flow, body ? `${body} and ${written}` : written);
  const tasks = registry.filter((element) => kind(element) === 'UserTask' && element.type !== 'label')
    .map((element) => element.businessObject);
  return [box, field(say('condition'), input, say('condition_hint')),
    variablesList([...variables(), ...facts.variables], tasks, insert)];
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
  return group(say('ways_out'), h('ul', { class: 'ways-out' }, flows.map(line)));
}
