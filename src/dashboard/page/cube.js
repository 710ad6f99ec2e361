// The figures: decoding them, choosing among them, adding them up. Nothing here knows of elements.

const DIMENSIONS = data.dimensions.map((dimension) => dimension.id);
const TITLES = {
  project: [word('page-project'), word('page-projects')],
  model: [word('page-model'), word('page-models')],
  feature: [word('page-feature'), word('page-features')],
  branch: [word('page-branch'), word('page-branches')],
  user: [word('page-user'), word('page-users')],
  provider: [word('page-provider'), word('page-providers')],
  session: [word('page-session'), word('page-sessions')],
};

function column(name, read) {
  const values = data.rows[name];
  if (Array.isArray(values)) return values.map(read);
  return new Array(data.rows.count).fill(read(values));
}

const rows = { count: data.rows.count };
{
  let day = 0;
  rows.day = column('day', Number).map((step) => (day += step));
  for (const id of DIMENSIONS) rows[id] = column(id, Number);
  for (const name of ['cost', 'unlisted', 'estimated', 'saved']) rows[name] = column(name, BigInt);
  for (const name of ['calls', 'input', 'output', 'written', 'read', 'searches']) rows[name] = column(name, Number);
  rows.hours = column('hours', (hours) => hours);
}

const FIRST_DAY = rows.count ? rows.day[0] : data.today;
const LAST_DAY = rows.count ? rows.day[rows.count - 1] : data.today;
// Days without a call are days too, up to the one the page was made on.
const END_DAY = data.until !== null ? Math.max(LAST_DAY, Math.min(data.today, data.until - 1)) : Math.max(LAST_DAY, data.today);

class Sum {
  constructor() {
    this.cost = 0n;
    this.unlisted = 0n;
    this.estimated = 0n;
    this.saved = 0n;
    this.calls = 0;
    this.input = 0;
    this.output = 0;
    this.written = 0;
    this.read = 0;
    this.searches = 0;
  }

  add(at) {
    this.cost += rows.cost[at];
    if (rows.unlisted[at]) this.unlisted += rows.unlisted[at];
    if (rows.estimated[at]) this.estimated += rows.estimated[at];
    if (rows.saved[at]) this.saved += rows.saved[at];
    this.calls += rows.calls[at];
    this.input += rows.input[at];
    this.output += rows.output[at];
    this.written += rows.written[at];
    this.read += rows.read[at];
    this.searches += rows.searches[at];
  }

  get prompt() {
    return this.input + this.written + this.read;
  }

  get tokens() {
    return this.prompt + this.output;
  }

  // The part of all prompt tokens that came from the cache; null where there was no prompt.
  get readShare() {
    return this.prompt > 0 ? this.read / this.prompt : null;
  }
}

// What is chosen: first and last day (null is open) and at most one name of each dimension.
const state = { from: null, to: null, preset: 'all', chosen: {}, unit: null, split: 'model', sort: {}, open: {} };

function isChosen(at) {
  for (const id in state.chosen) if (rows[id][at] !== state.chosen[id]) return false;
  return true;
}

function hasNames() {
  return Object.keys(state.chosen).length > 0;
}

function hasFilters() {
  return hasNames() || state.from !== null || state.to !== null;
}

function sumOf(map, key) {
  let sum = map.get(key);
  if (!sum) map.set(key, (sum = new Sum()));
  return sum;
}

// One pass over the rows for everything the page shows.
function fold() {
  const result = {
    total: new Sum(),
    days: new Map(),
    // By day alone of the chosen dates, for the forecast and the splits.
    parts: new Map(),
    // The cost of each day whatever the dates, for the forecast.
    every: new Map(),
    by: Object.fromEntries(DIMENSIONS.map((id) => [id, new Map()])),
    heat: Array.from({ length: 7 }, () => new Array(24).fill(0n)),
  };
  const split = state.split === 'none' ? null : rows[state.split];
  for (let at = 0; at < rows.count; at += 1) {
    if (!isChosen(at)) continue;
    const day = rows.day[at];
    result.every.set(day, (result.every.get(day) || 0n) + rows.cost[at]);
    if ((state.from !== null && day < state.from) || (state.to !== null && day > state.to)) continue;
    result.total.add(at);
    sumOf(result.days, day).add(at);
    for (const id of DIMENSIONS) sumOf(result.by[id], rows[id][at]).add(at);
    if (split) {
      let parts = result.parts.get(day);
      if (!parts) result.parts.set(day, (parts = new Map()));
      parts.set(split[at], (parts.get(split[at]) || 0n) + rows.cost[at]);
    }
    addHours(result.heat[weekday(day)], at);
  }
  return result;
}

// Hours come with their amounts but for the last, which has what the others leave.
function addHours(day, at) {
  const hours = rows.hours[at];
  if (!Array.isArray(hours)) {
    day[hours] += rows.cost[at];
    return;
  }
  let rest = rows.cost[at];
  for (let of = 0; of + 1 < hours.length; of += 2) {
    const cost = BigInt(hours[of + 1]);
    day[hours[of]] += cost;
    rest -= cost;
  }
  day[hours[hours.length - 1]] += rest;
}

// Do the rows come to what the ledger's total was when the page was made?
function addsUp() {
  const all = new Sum();
  for (let at = 0; at < rows.count; at += 1) all.add(at);
  const told = data.totals;
  return exact(all.cost) === told.totalCostExact && exact(all.unlisted) === told.unlistedCostExact
    && exact(all.estimated) === told.estimatedCostExact && all.calls === told.calls;
}

// Names.

function dimension(id) {
  return data.dimensions.find((one) => one.id === id);
}

function isOthers(id, at) {
  return at >= dimension(id).names.length;
}

// The last part of a folder's path, with as many parts before it as tell it from the others.
function projectLabels() {
  const names = dimension('project').names;
  const parts = names.map((name) => name.split(/[\\/]/).filter(Boolean));
  const take = (at, many) => parts[at].slice(-many).join('/') || names[at] || word('page-without-project');
  const labels = names.map((_, at) => take(at, 1));
  for (let many = 2; many <= 8; many += 1) {
    const seen = new Map();
    labels.forEach((label) => seen.set(label, (seen.get(label) || 0) + 1));
    labels.forEach((label, at) => {
      if (seen.get(label) > 1) labels[at] = take(at, many);
    });
  }
  return labels;
}

const PROJECT_LABELS = projectLabels();

function label(id, at) {
  const { names, others } = dimension(id);
  if (at >= names.length) {
    const names_ = others === 1 ? TITLES[id][0].toLowerCase() : TITLES[id][1];
    return others ? say('page-others', { count: count(others), names: names_ }) : word('page-others-uncounted');
  }
  const name = names[at];
  if (id === 'project') return PROJECT_LABELS[at];
  if (id === 'model') return name.replace(/^claude-/, '');
  if (id === 'session' && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(name)) return name.slice(0, 8);
  return name || say('page-without', { title: TITLES[id][0].toLowerCase() });
}

function fullName(id, at) {
  const { names } = dimension(id);
  return at < names.length ? names[at] : label(id, at);
}

// Periods.

function weekStart(day) {
  return day - ((weekday(day) - data.weekStart + 7) % 7);
}

// The place of the month a day belongs to.
function monthAt(day) {
  let low = 0;
  let high = data.months.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (data.months[middle][0] <= day) low = middle;
    else high = middle - 1;
  }
  return low;
}

function monthLabel(name, format) {
  const day = dayOfIso(`${name}-01`);
  return day === null ? name : format(day);
}

const MOST_BARS = 400;
const UNITS = ['day', 'week', 'month', 'year'];

// The days the charts go over.
function span() {
  const from = state.from === null ? FIRST_DAY : Math.max(state.from, Math.min(FIRST_DAY, data.today));
  const to = state.to === null ? END_DAY : Math.min(state.to, END_DAY);
  return [from, Math.max(from, to)];
}

function barsOf(unit, from, to) {
  if (unit === 'day') return to - from + 1;
  if (unit === 'week') return (weekStart(to) - weekStart(from)) / 7 + 1;
  return unit === 'month' ? monthAt(to) - monthAt(from) + 1 : 1;
}

// The unit that was asked for, or the first that does not make more bars than can be told apart.
function fittingUnit() {
  const [from, to] = span();
  const wanted = state.unit || (to - from > 92 ? 'week' : 'day');
  return UNITS.slice(UNITS.indexOf(wanted)).find((unit) => barsOf(unit, from, to) <= MOST_BARS) || 'year';
}

// The bars of a chart over time, each with its first and last day, empty ones too.
function buckets(result, unit) {
  const [from, to] = span();
  const list = [];
  const places = new Map();
  const place = (key, first, last, short, long) => {
    if (!places.has(key)) {
      places.set(key, list.length);
      list.push({ first, last, short, long, sum: new Sum(), parts: new Map() });
    }
    return list[places.get(key)];
  };
  const bucketOf = (day) => {
    if (unit === 'day') return place(day, day, day, dayShort(day), dayLong(day));
    if (unit === 'week') {
      const start = weekStart(day);
      return place(start, start, start + 6, dayShort(start), say('page-dates', { first: dayPlain(start), last: dayPlain(start + 6) }));
    }
    const at = monthAt(day);
    const [first, name] = data.months[at];
    if (unit === 'year') return place(name.slice(0, 4), first, first + 365, name.slice(0, 4), name.slice(0, 4));
    const last = at + 1 < data.months.length ? data.months[at + 1][0] - 1 : Math.max(data.month[1] - 1, day);
    return place(name, first, last, monthLabel(name, monthShort), monthLabel(name, monthLong));
  };
  if (unit === 'day' || unit === 'week') {
    for (let day = from; day <= to; day += unit === 'week' ? 7 : 1) bucketOf(day);
    bucketOf(to);
  } else if (unit === 'month') {
    for (let at = monthAt(from); at <= monthAt(to); at += 1) bucketOf(data.months[at][0]);
  }
  for (const day of [...result.days.keys()].sort((a, b) => a - b)) {
    const bucket = bucketOf(day);
    const sum = result.days.get(day);
    for (const name of Object.keys(sum)) bucket.sum[name] += sum[name];
    for (const [name, cost] of result.parts.get(day) || []) {
      bucket.parts.set(name, (bucket.parts.get(name) || 0n) + cost);
    }
  }
  return list.sort((a, b) => a.first - b.first);
}

// The forecast for the running month, as `cost-hook analyze` makes it: what was spent, and the mean of the last whole days
// for the time that is left. Null where the page does not know those days.
function forecast(result) {
  const [first, after] = data.month;
  if (data.until !== null && data.until <= data.today) return null;
  let spent = 0n;
  let began = data.today;
  for (const [day, cost] of result.every) {
    if (day >= first && day < after) spent += cost;
    began = Math.min(began, day);
  }
  const starts = data.recentStarts;
  const start = Math.max(began, data.since === null ? began : data.since, data.today - (starts.length - 1));
  const costs = [];
  for (let day = start; day < data.today; day += 1) costs.push(result.every.get(day) || 0n);
  const full = costs.length;
  const recent = costs.reduce((a, b) => a + b, 0n);
  const length = full ? starts[starts.length - 1] - starts[starts.length - 1 - full] : 1;
  const left = data.monthLeft;
  const sum = spent + parts(recent, BigInt(left), BigInt(Math.max(1, length)));
  const path = [];
  for (let day = data.today; day < after; day += 1) {
    const part = BigInt(Math.round((1000000 * (day - data.today + 1)) / (after - data.today)));
    path.push([day, spent + parts(sum - spent, part, 1000000n)]);
  }
  const spread = stray(costs, left);
  return { spent, sum, path, spread, full, partial: data.since !== null && data.since > first };
}

// So many parts of an amount, rounded once.
function parts(amount, count, of) {
  return (amount * count * 2n + (amount < 0n ? -of : of)) / (of * 2n);
}

// How far the sum of the time left strays from its mean in eight of ten cases, by what the days differed.
function stray(costs, left) {
  const n = BigInt(costs.length);
  if (n < 3n) return null;
  const units = costs.map((cost) => cost / 1000000n);
  const sum = units.reduce((a, b) => a + b, 0n);
  const squares = units.reduce((a, value) => a + (value * n - sum) ** 2n, 0n);
  const variance = squares / (n * n * (n - 1n));
  const days = (BigInt(left) * 1000n) / 86400000n;
  return ((root((variance * (days * 1000n + (days * days) / n)) / 1000000n) * 128n) / 100n) * 1000000n;
}

// The whole part of a square root.
function root(value) {
  if (value < 2n) return value;
  let found = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (found + value / found) >> 1n;
    if (next >= found) return found;
    found = next;
  }
}
