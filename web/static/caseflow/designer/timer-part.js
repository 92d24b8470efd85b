// A timer in words: an amount, a unit and since when; or a date that a form sets.
import { CODE, field, group, pick, row, text } from './controls.js';
import { h, say } from './dom.js';
import { timerOf } from './model.js';
import { readTimer, renamed, writeTimer } from './timers.js';

const COUNTED = ['working_days', 'calendar_days', 'hours'];
const WHOLE = /^[1-9]\d{0,3}$/;

export function timerPart(element, { edits, variables }) {
  const owner = element.businessObject;
  const body = timerOf(owner).timeDate?.body ?? '';
  const timer = readTimer(body);
  const dates = variables().filter(({ type }) => type === 'date').map(({ name, label }) => [name, label]);

  const set = (changed) => {
    const after = { amount: 5, since: '', ...timer, ...changed };
    if (after.unit === 'date' && !dates.some(([name]) => name === after.since)) after.since = dates[0]?.[0] ?? 'rectify_by';
    if (after.unit !== 'date' && timer?.unit === 'date') after.since = 'received_at';
    if (!after.amount && COUNTED.includes(after.unit)) after.amount = 5;
    edits.setTimer(element, writeTimer(after), renamed(owner.name, timer, after));
  };

  function amount() {
    const read = ({ target }) => { if (WHOLE.test(target.value)) set({ amount: Number(target.value) }); else target.value = timer.amount; };
    return field(say('amount'), h('input', { type: 'number', min: 1, max: 400, class: 'form-control', 'data-key': 'amount',
      value: timer.amount, onchange: read }));
  }

  const units = [...COUNTED, 'end_of_day', ...(dates.length || timer?.unit === 'date' ? ['date'] : [])]
    .map((unit) => [unit, say(`unit_${unit}`)]);
  const unit = pick(say('unit_of_time'), 'time-unit', timer?.unit ?? '', units, (value) => set({ unit: value }),
    timer ? {} : { empty: say('choose') });
  if (!timer) {
    const raw = text('expression', body, (value) => edits.setTimer(element, value, owner.name), CODE);
    return group(say('deadline'), unit, field(say('expression'), raw, say('timer_unreadable')));
  }
  const moments = [['received_at', say('since_received')], ...dates.map(([name, label]) => [name, say('since_field', { label })])];
  const since = timer.unit === 'date'
    ? pick(say('date_field'), 'since', timer.since, dates, (value) => set({ since: value }))
    : pick(say('since'), 'since', timer.since, moments, (value) => set({ since: value }), { empty: say('since_now') });
  return group(say('deadline'), row(COUNTED.includes(timer.unit) ? amount() : null, unit), since,
    h('p', { class: 'form-hint' }, h('code', {}, writeTimer(timer))));
}
