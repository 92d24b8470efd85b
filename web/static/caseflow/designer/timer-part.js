// A timer in words: an amount, a unit and since when; or a date that a form sets.
import { h, say, select } from './dom.js';
import { timerOf } from './model.js';
import { field, text } from './panel.js';
import { readTimer, renamed, writeTimer } from './timers.js';

const UNITS = ['working_days', 'calendar_days', 'hours', 'end_of_day', 'date'];

export function timerPart(element, { edits, variables }) {
  const owner = element.businessObject;
  const body = timerOf(owner).timeDate?.body ?? '';
  const timer = readTimer(body);
  const dates = variables().filter(({ type }) => type === 'date').map(({ name, label }) => [name, label]);
  const set = (changed) => {
    const after = { amount: 5, since: '', ...timer, ...changed };
    if (after.unit === 'date' && !dates.some(([name]) => name === after.since)) after.since = dates[0]?.[0] ?? 'rectify_by';
    if (after.unit !== 'date' && timer?.unit === 'date') after.since = 'received_at';
    if (!after.amount && ['working_days', 'calendar_days', 'hours'].includes(after.unit)) after.amount = 5;
    edits.setTimer(element, writeTimer(after), renamed(owner.name, timer, after));
  };
  const units = UNITS.filter((unit) => unit !== 'date' || dates.length || timer?.unit === 'date').map((unit) => [unit, say(`unit_${unit}`)]);
  const counted = timer && ['working_days', 'calendar_days', 'hours'].includes(timer.unit);
  const amount = h('input', { type: 'number', min: 1, max: 400, class: 'form-control', 'data-key': 'amount', value: timer?.amount ?? '',
    onchange: ({ target }) => { if (/^[1-9]\d{0,3}$/.test(target.value)) set({ amount: Number(target.value) }); else target.value = timer.amount; } });
  const since = [['', say('since_now')], ['received_at', say('since_received')], ...dates.map(([name, label]) => [name, say('since_field', { label })])];
  return h('fieldset', { class: 'property-group' }, h('legend', {}, say('deadline')),
    h('div', { class: 'property-row' },
      counted ? field(say('amount'), amount) : null,
      field(say('unit_of_time'), select({ 'data-key': 'time-unit', value: timer?.unit ?? '', onchange: (event) => set({ unit: event.target.value }) },
        [...(timer ? [] : [['', say('choose')]]), ...units]))),
    timer?.unit === 'date'
      ? field(say('date_field'), select({ 'data-key': 'since', value: timer.since, onchange: (event) => set({ since: event.target.value }) }, dates)) : null,
    timer && timer.unit !== 'date'
      ? field(say('since'), select({ 'data-key': 'since', value: timer.since, onchange: (event) => set({ since: event.target.value }) }, since)) : null,
    timer ? h('p', { class: 'form-hint' }, h('code', {}, writeTimer(timer)))
      : field(say('expression'), text('expression', body, (value) => edits.setTimer(element, value, owner.name), { class: 'form-control code' }), say('timer_unreadable')));
}
