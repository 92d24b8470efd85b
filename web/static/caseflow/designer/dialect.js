// What may be drawn: palette, context pad and menus offer the elements of our dialect and nothing else.
import { say } from './dom.js';

const TIMER = 'bpmn:TimerEventDefinition';
const MESSAGE = 'bpmn:MessageEventDefinition';
const HOSTS = ['bpmn:UserTask', 'bpmn:SubProcess', 'bpmn:CallActivity'];
const APPENDED = ['bpmn:FlowNode'];
const MENU = new Set(['user-task', 'service-task', 'call-activity', 'expanded-subprocess', 'exclusive-gateway',
  'parallel-gateway', 'timer-boundary', 'non-interrupting-timer-boundary', 'message-boundary',
  'non-interrupting-message-boundary', 'timer-intermediate-catch', 'message-intermediate-catch', 'sequence-flow',
  'default-flow', 'conditional-flow'].map((name) => `replace-with-${name}`));
const PAD = new Set(['delete', 'connect', 'replace', 'lane-insert-above', 'lane-insert-below', 'lane-divide-two',
  'lane-divide-three', 'append.text-annotation', 'append.end-event', 'append.gateway']);

const STEPS = {     // key → [type, class of the icon, options]
  'user-task': ['bpmn:UserTask', 'bpmn-icon-user-task'],
  'service-task': ['bpmn:ServiceTask', 'bpmn-icon-service-task'],
};
const OTHERS = {
  'start-event': ['bpmn:StartEvent', 'bpmn-icon-start-event-none'],
  'timer-event': ['bpmn:IntermediateCatchEvent', 'bpmn-icon-intermediate-event-catch-timer', { eventDefinitionType: TIMER }],
  'message-event': ['bpmn:IntermediateCatchEvent', 'bpmn-icon-intermediate-event-catch-message',
    { eventDefinitionType: MESSAGE }],
  'end-event': ['bpmn:EndEvent', 'bpmn-icon-end-event-none'],
  'exclusive-gateway': ['bpmn:ExclusiveGateway', 'bpmn-icon-gateway-xor'],
  'parallel-gateway': ['bpmn:ParallelGateway', 'bpmn-icon-gateway-parallel'],
  'sub-process': ['bpmn:SubProcess', 'bpmn-icon-subprocess-expanded', { isExpanded: true }],
  'call-activity': ['bpmn:CallActivity', 'bpmn-icon-call-activity'],
  annotation: ['bpmn:TextAnnotation', 'bpmn-icon-text-annotation'],
};

function is(element, types) {
  return types.some((type) => element.businessObject?.$instanceOf?.(type));
}

function Palette(palette, create, elementFactory, handTool, lassoTool, spaceTool, globalConnect) {
  const tool = (icon, name, click) => ({ group: 'tools', className: `bpmn-icon-${icon}`, title: say(`tool_${name}`), action: { click } });
  const shape = (key, [type, className, options]) => {
    const start = (event) => create.start(event, elementFactory.createShape({ type, ...options }));
    return { group: 'shapes', className, title: say(`draw_${key}`), action: { dragstart: start, click: start } };
  };
  this.getPaletteEntries = () => ({
    hand: tool('hand-tool', 'hand', (event) => handTool.activateHand(event)),
    lasso: tool('lasso-tool', 'lasso', (event) => lassoTool.activateSelection(event)),
    space: tool('space-tool', 'space', (event) => spaceTool.activateSelection(event)),
    connect: tool('connection-multi', 'connect', (event) => globalConnect.start(event)),
    line: { group: 'tools', separator: true },
    ...Object.fromEntries(Object.entries({ ...STEPS, ...OTHERS }).map(([key, drawn]) => [`create.${key}`, shape(key, drawn)])),
  });
  palette.registerProvider(this);
}
Palette.$inject = ['palette', 'create', 'elementFactory', 'handTool', 'lassoTool', 'spaceTool', 'globalConnect'];

// The entries of bpmn-js that the dialect has, and what it has besides.
function Pad(contextPad, create, elementFactory, autoPlace, deadlines, popupMenu) {
  const append = (key, [type, className, options]) => {
    const shape = () => elementFactory.createShape({ type, ...options });
    return {
      group: 'model', className, title: say(`append_${key}`),
      action: {
        click: (_, element) => autoPlace.append(element, shape()),
        dragstart: (event, element) => create.start(event, shape(), { source: element }),
      },
    };
  };
  const deadline = {
    group: 'model', className: 'bpmn-icon-intermediate-event-catch-non-interrupting-timer', title: say('add_deadline'),
    action: { click: (_, element) => deadlines.add(element) },
  };
  const replace = (event, element) => {
    const { left, bottom } = event.target.getBoundingClientRect();
    popupMenu.open(element, 'bpmn-replace', { x: left, y: bottom + 5, cursor: { x: event.x, y: event.y } },
      { title: say('change_kind'), width: 260 });
  };
  this.getContextPadEntries = (element) => (entries) => {
    if (entries.replace) entries.replace.action = { click: replace };
    const kept = Object.fromEntries(Object.entries(entries).filter(([name]) => PAD.has(name)));
    const appends = 'append.end-event' in entries && is(element, APPENDED);
    const steps = appends ? Object.entries(STEPS).map(([key, drawn]) => [`append.${key}`, append(key, drawn)]) : [];
    return { ...Object.fromEntries(steps), ...kept, ...(is(element, HOSTS) ? { deadline } : {}) };
  };
  this.getMultiElementContextPadEntries = () => (entries) => (
    Object.fromEntries(Object.entries(entries).filter(([name]) => PAD.has(name))));
  contextPad.registerProvider(500, this);
}
Pad.$inject = ['contextPad', 'create', 'elementFactory', 'autoPlace', 'deadlines', 'popupMenu'];

function Menu(popupMenu) {
  this.getPopupMenuEntries = () => (entries) => (
    Object.fromEntries(Object.entries(entries).filter(([name]) => MENU.has(name))));
  this.getPopupMenuHeaderEntries = () => () => ({});
  popupMenu.registerProvider('bpmn-replace', 500, this);
}
Menu.$inject = ['popupMenu'];

// A deadline as the gate wants it: a timer on the edge that does not end the step.
function Deadlines(modeling, elementFactory, bpmnFactory, selection) {
  this.add = (host) => {
    const shape = elementFactory.createShape({ type: 'bpmn:BoundaryEvent', cancelActivity: false, eventDefinitionType: TIMER });
    const event = shape.businessObject;
    event.name = say('deadline_name', { amount: 5 });
    const timer = event.eventDefinitions[0];
    timer.timeDate = bpmnFactory.create('bpmn:FormalExpression', { body: 'working_days(5, since=received_at)' });
    timer.timeDate.$parent = timer;
    const taken = host.attachers.map((attacher) => attacher.x);
    let x = host.x + host.width - 24;
    while (taken.some((other) => Math.abs(other + 18 - x) < 40) && x > host.x + 40) x -= 44;
    const drawn = modeling.createShape(shape, { x, y: host.y + host.height }, host, { attach: true });
    selection.select(drawn);
    return drawn;
  };
}
Deadlines.$inject = ['modeling', 'elementFactory', 'bpmnFactory', 'selection'];

// Tasks get ids that the gate takes (snake_case); service tasks are external ones.
function Ids(bpmnFactory, moddle) {
  const ensure = bpmnFactory._ensureId;
  bpmnFactory._ensureId = function ensureId(element) {
    const prefix = { 'bpmn:UserTask': 'task_', 'bpmn:ServiceTask': 'effect_' }[element.$type];
    if (prefix && !element.id) element.id = moddle.ids.nextPrefixed(prefix, element);
    if (element.$type === 'bpmn:ServiceTask' && !element.get('camunda:type')) element.set('camunda:type', 'external');
    ensure.call(this, element);
  };
}
Ids.$inject = ['bpmnFactory', 'moddle'];

// Several commands as one step of undo: commandStack.execute('caseflow.together', { steps: [function…] })
function Together() {
  this.preExecute = ({ steps }) => steps.forEach((step) => step());
}

function Handlers(commandStack) {
  commandStack.registerHandler('caseflow.together', Together);
}
Handlers.$inject = ['commandStack'];

export const dialect = {
  __init__: ['paletteProvider', 'dialectPad', 'dialectMenu', 'dialectIds', 'dialectHandlers'],
  paletteProvider: ['type', Palette],
  dialectPad: ['type', Pad],
  dialectMenu: ['type', Menu],
  dialectIds: ['type', Ids],
  dialectHandlers: ['type', Handlers],
  deadlines: ['type', Deadlines],
};

// The words of bpmn-js itself: { English: Chinese }
export function translated(dictionary) {
  const translate = (template, values = {}) => (
    (dictionary[template] ?? template).replace(/\{([^}]+)\}/g, (_, key) => values[key] ?? `{${key}}`));
  return { translate: ['value', translate] };
}
