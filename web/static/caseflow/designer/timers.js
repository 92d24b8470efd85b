// Timer expressions: working_days(5, since=received_at) and its like, read and written.
const COUNTED = /^\s*(working_days|calendar_days|hours)\(\s*(\d{1,4})\s*(?:,\s*since\s*=\s*([a-z_]\w*)\s*)?\)\s*$/;
const TODAY = /^\s*end_of_day\(\s*(?:since\s*=\s*([a-z_]\w*)\s*)?\)\s*$/;
const FIELD = /^\s*([a-z_]\w*)\s*$/;

// { unit, amount, since }, with unit "date" and the field in `since` for a date; null for anything else
export function readTimer(text) {
  const counted = COUNTED.exec(text);
  if (counted) return { unit: counted[1], amount: Number(counted[2]), since: counted[3] ?? '' };
  const today = TODAY.exec(text);
  if (today) return { unit: 'end_of_day', amount: 0, since: today[1] ?? '' };
  const field = FIELD.exec(text);
  return field ? { unit: 'date', amount: 0, since: field[1] } : null;
}

export function writeTimer({ unit, amount, since }) {
  if (unit === 'date') return since;
  if (unit === 'end_of_day') return since ? `end_of_day(since=${since})` : 'end_of_day()';
  return since ? `${unit}(${amount}, since=${since})` : `${unit}(${amount})`;
}

const SHOWN = { working_days: '个工作日', calendar_days: '日', hours: '小时' };

// The name of an event follows its timer where it names the old amount: 收到后2个工作日 → 收到后3个工作日
export function renamed(name, before, after) {
  const [old, fresh] = [before, after].map((timer) => timer && SHOWN[timer.unit] && `${timer.amount}${SHOWN[timer.unit]}`);
  return old && fresh && name ? name.replace(old, fresh) : name;
}
