// The parts of an element that the panel reads and changes. Each change is one command of the modeler, so undo works.
const BOUNDS = ['min', 'max', 'minlength', 'maxlength'];
const PROPERTIES = ['visible_when', 'first_visit_only'];
const RULE = /^rule(_[2-9])?$/;
export const MOST_RULES = 9;

export const kind = (element) => element.businessObject.$type.replace('bpmn:', '');
export const shownName = (businessObject) => (businessObject.name || '').replace(/\s+/g, '') || businessObject.id;

function extension(businessObject, type) {
  return businessObject.extensionElements?.values?.find((part) => part.$type === type);
}

// one of its camunda:properties, such as article or limit
export function property(businessObject, name) {
  return extension(businessObject, 'camunda:Properties')?.values?.find((entry) => entry.name === name)?.value ?? '';
}

export function instruction(businessObject) {
  return businessObject.documentation?.[0]?.text ?? '';
}

export function timerOf(businessObject) {
  return businessObject.eventDefinitions?.find((part) => part.$type === 'bpmn:TimerEventDefinition');
}

export function messageOf(businessObject) {
  return businessObject.eventDefinitions?.find((part) => part.$type === 'bpmn:MessageEventDefinition');
}

export function fieldsOf(businessObject) {
  return (extension(businessObject, 'camunda:FormData')?.fields ?? []).map(readField);
}

// A form field as plain values. What the dialect does not know is kept in `rest`, and written back.
function readField(node) {
  const constraints = node.validation?.constraints ?? [];
  const properties = node.properties?.values ?? [];
  const config = (name) => constraints.find((entry) => entry.name === name)?.config ?? '';
  const property = (name) => properties.find((entry) => entry.id === name)?.value ?? '';
  return {
    node, id: node.id ?? '', label: node.label ?? '', type: node.type ?? '', default: node.defaultValue ?? '',
    required: constraints.some((entry) => entry.name === 'required'),
    ...Object.fromEntries(BOUNDS.map((name) => [name, config(name)])),
    ...Object.fromEntries(PROPERTIES.map((name) => [name, property(name)])),
    rules: readRules(properties),
    choices: (node.values ?? []).map(({ id, name }) => ({ id: id ?? '', name: name ?? '' })),
    rest: {
      constraints: constraints.filter((entry) => entry.name !== 'required' && !BOUNDS.includes(entry.name)),
      properties: properties.filter(({ id }) => !PROPERTIES.includes(id) && !RULE.test(id?.replace(/_says$/, ''))),
    },
  };
}

// What an answer has to keep: [{ text, says }], drawn as rule and rule_says, rule_2 and rule_2_says …
function readRules(properties) {
  const value = (id) => properties.find((entry) => entry.id === id)?.value ?? '';
  const names = properties.map(({ id }) => id?.replace(/_says$/, '')).filter((id) => RULE.test(id));
  return [...new Set(names)].sort().map((name) => ({ text: value(name), says: value(`${name}_says`) }));
}

function drawnRules(rules) {
  return rules.flatMap(({ text, says }, at) => {
    const name = at ? `rule_${at + 1}` : 'rule';
    return [[name, text], [`${name}_says`, says]].filter(([, value]) => value);
  });
}

// The variables that conditions and timers of this diagram may use: [{ name, type, label, choices }]
export function variablesOf(modeler) {
  const found = new Map();
  modeler.get('elementRegistry').filter((element) => kind(element) === 'UserTask' && element.type !== 'label')
    .sort((one, other) => one.x - other.x)
    .flatMap((task) => fieldsOf(task.businessObject))
    .filter((field) => ['enum', 'boolean', 'date', 'long'].includes(field.type))
    .forEach((field) => { if (!found.has(field.id)) found.set(field.id, { ...field, name: field.id }); });
  return [...found.values()];
}

export function editing(modeler) {
  const [modeling, factory, stack] = ['modeling', 'bpmnFactory', 'commandStack'].map((name) => modeler.get(name));

  const make = (type, values, parent) => {
    const made = factory.create(type, values);
    made.$parent = parent;
    Object.values(values).flat().forEach((child) => { if (child?.$type && !child.$parent) child.$parent = made; });
    return made;
  };
  const together = (...steps) => stack.execute('caseflow.together', { steps });
  const change = (element, part, values) => modeling.updateModdleProperties(element, part, values);

  function setExtension(element, type, part) {
    const owner = element.businessObject;
    const holder = owner.extensionElements;
    const old = holder?.values ?? [];
    const at = old.findIndex((entry) => entry.$type === type);
    const values = [...old];
    if (at >= 0) values.splice(at, 1, ...(part ? [part] : [])); else if (part) values.push(part);
    if (holder && values.length) {
      if (part) part.$parent = holder;
      change(element, holder, { values });
    } else {
      const extensionElements = values.length ? make('bpmn:ExtensionElements', { values }, owner) : undefined;
      if (part) part.$parent = extensionElements;
      change(element, owner, { extensionElements });
    }
  }

  function writeField(field) {
    const constraint = (name, config) => make('camunda:Constraint', config === undefined ? { name } : { name, config });
    const constraints = [...(field.required ? [constraint('required')] : []), ...field.rest.constraints,
      ...BOUNDS.filter((name) => field[name] !== '').map((name) => constraint(name, String(field[name])))];
    const drawn = [...PROPERTIES.map((name) => [name, field[name]]).filter(([, value]) => value), ...drawnRules(field.rules)];
    const properties = [...field.rest.properties,
      ...drawn.map(([id, value]) => make('camunda:Property', { id, value }))];
    const node = make('camunda:FormField', { id: field.id, label: field.label, type: field.type });
    if (field.default) node.defaultValue = field.default;
    if (properties.length) node.properties = make('camunda:Properties', { values: properties }, node);
    if (constraints.length) node.validation = make('camunda:Validation', { constraints }, node);
    if (field.choices.length) {
      node.values = field.choices.map((choice) => make('camunda:Value', { id: choice.id, name: choice.name }, node));
    }
    return node;
  }

  return {
    together,
    set: (element, values) => modeling.updateProperties(element, values),
    setInstruction(element, text) {
      const documentation = text.trim() ? [make('bpmn:Documentation', { text }, element.businessObject)] : [];
      modeling.updateProperties(element, { documentation });
    },
    setProperty(element, name, value) {
      const old = extension(element.businessObject, 'camunda:Properties')?.values ?? [];
      const values = old.filter((entry) => entry.name !== name);
      if (value) values.push(make('camunda:Property', { name, value }));
      setExtension(element, 'camunda:Properties', values.length ? make('camunda:Properties', { values }) : null);
    },
    // fields as fieldsOf gives them; a changed one is a copy with `changed: true`, a new one has no `node`
    setFields(element, fields) {
      const nodes = fields.map((field) => (field.node && !field.changed ? field.node : writeField(field)));
      setExtension(element, 'camunda:FormData', nodes.length ? make('camunda:FormData', { fields: nodes }) : null);
    },
    setTimer(element, text, name) {
      const timer = timerOf(element.businessObject);
      const { timeDate } = timer;
      together(
        () => (timeDate ? change(element, timeDate, { body: text })
          : change(element, timer, { timeDate: make('bpmn:FormalExpression', { body: text }, timer) })),
        () => { if (name !== element.businessObject.name) modeling.updateProperties(element, { name }); });
    },
    setCondition(flow, text) {
      const owner = flow.businessObject;
      const conditionExpression = text.trim() ? make('bpmn:FormalExpression', { body: text.trim() }, owner) : undefined;
      modeling.updateProperties(flow, { conditionExpression });
    },
    setDefault(gateway, flow) {
      together(
        () => { if (flow?.businessObject.conditionExpression) modeling.updateProperties(flow, { conditionExpression: undefined }); },
        () => modeling.updateProperties(gateway, { default: flow?.businessObject }));
    },
    // the message of this name, which is added to the file when it has none
    setMessage(element, name) {
      const definitions = modeler.getDefinitions();
      const event = messageOf(element.businessObject);
      const known = definitions.rootElements.find((part) => part.$type === 'bpmn:Message' && part.name === name);
      const message = known ?? make('bpmn:Message', { id: `message_${name}`, name }, definitions);
      together(
        () => { if (!known) change(element, definitions, { rootElements: [message, ...definitions.rootElements] }); },
        () => change(element, event, { messageRef: message }));
    },
  };
}
