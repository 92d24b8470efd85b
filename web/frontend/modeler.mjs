// What the designer's page takes from others, in one file: web/static/caseflow/designer/ is built on it.
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import chinese from 'bpmn-js-i18n/translations/zn.js';
import Modeler from 'bpmn-js/lib/Modeler';
import simulation from 'bpmn-js-token-simulation/lib/modeler';

export { Modeler, camunda, chinese, simulation };
export { say as simulationWords } from './simulation-words.mjs';
