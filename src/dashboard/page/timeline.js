// Spend over time: stacked bars, the moving average and budgets as lines.

const WINDOWS = {
  day: [7, word('page-7-day-average')],
  week: [4, word('page-4-week-average')],
  month: [3, word('page-3-month-average')],
  year: [0, ''],
};
const BUDGETS = { day: 'daily', week: 'weekly', month: 'monthly' };

function unitName(unit) {
  return word(`page-unit-${unit}`);
}

// The dearest names have a series of their own, the rest is one.
function seriesOf(result) {
  if (state.split === 'none') return [];
  const names = [...result.by[state.split]].filter(([at]) => !isOthers(state.split, at));
  names.sort((a, b) => compare(b[1].cost, a[1].cost) || a[0] - b[0]);
  const all = result.by[state.split].size;
  const own = names.slice(0, all <= SERIES ? SERIES : SERIES - 1).map(([at]) => at);
  const series = own.map((at) => ({ label: label(state.split, at), of: [at] }));
  const rest = [...result.by[state.split].keys()].filter((at) => !own.includes(at));
  if (rest.length) series.push({ label: rest.length === 1 ? label(state.split, rest[0]) : word('page-all-others'), of: rest });
  return series;
}

// The mean of the last so many bars, from the first that has as many before it.
function movingAverage(list, window) {
  if (!window || list.length < window) return [];
  let sum = 0n;
  return list.map((bucket, at) => {
    sum += bucket.sum.cost;
    if (at >= window) sum -= list[at - window].sum.cost;
    return at + 1 >= window ? sum / BigInt(window) : null;
  });
}

function budgetsFor(unit) {
  if (hasNames() || data.hasNames) return [];
  return data.limits.filter((limit) => limit.period === BUDGETS[unit] && limit.countsAll)
    .map((limit) => ({ name: limit.name, amount: unitsOf(limit.allowed) }));
}

// A decimal in text as 1e-12 USD.
function unitsOf(decimal) {
  const [, sign, whole, fraction] = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(decimal);
  const units = BigInt(whole) * PER_USD + BigInt((fraction || '').padEnd(12, '0'));
  return sign ? -units : units;
}

function timelineCard(result) {
  const unit = fittingUnit();
  const list = buckets(result, unit);
  const series = seriesOf(result);
  const [window_, averageName] = WINDOWS[unit];
  const average = movingAverage(list, window_);
  const budgets = budgetsFor(unit);
  const costs = list.map((bucket) => dollars(bucket.sum.cost));
  const highest = Math.max(0, ...costs);
  const shown = budgets.filter((budget) => highest === 0 || dollars(budget.amount) <= highest * 3);
  const beyond = budgets.filter((budget) => !shown.includes(budget));
  const max = Math.max(highest, ...shown.map((budget) => dollars(budget.amount)));
  const said = el('p', { class: 'hidden', role: 'status' });
  const plot = el('div', {
    class: 'plot',
    id: 'timeline-plot',
    tabindex: 0,
    role: 'img',
    'aria-label': say('page-chart', {
      unit: unitName(unit),
      bars: say(`page-count-${unit}`, { count: count(list.length) }, list.length),
      amount: usd(result.total.cost),
    }),
  });
  const parts = (bucket) => series.map((one) => one.of.reduce((sum, at) => sum + (bucket.parts.get(at) || 0n), 0n));
  const tell = (at) => {
    const bucket = list[at];
    const lines = [bucket.long, say('page-amount-for-calls', { amount: usd(bucket.sum.cost), calls: callsText(bucket.sum.calls) })];
    if (series.length > 1) parts(bucket).forEach((cost, of) => cost !== 0n && lines.push(say('page-named-amount', { name: series[of].label, amount: usd(cost) })));
    if (average[at]) lines.push(say('page-named-amount', { name: averageName, amount: usd(average[at]) }));
    for (const budget of budgets) lines.push(say('page-named-amount', { name: budget.name, amount: usd(budget.amount) }));
    return lines;
  };
  const zoom = (at) => {
    const bucket = list[at];
    setDates(Math.max(bucket.first, FIRST_DAY), Math.min(bucket.last, END_DAY));
    state.unit = 'day';
    render('timeline-plot');
  };
  draw(plot, (width) => drawTimeline(plot, said, { width, list, series, parts, average, shown, max, tell, zoom }));
  const legend = [
    ...(series.length ? series.map((one, at) => el('li', null, swatch('t', at), el('bdi', null, one.label))) : [el('li', null, swatch('t', 0), word('heading-cost'))]),
    average.length ? el('li', null, lineSwatch('average'), averageName) : null,
    ...shown.map((budget) => el('li', null, lineSwatch('budget'), say('page-name-and-amount', { name: budget.name, amount: usd(budget.amount) }))),
    ...beyond.map((budget) => el('li', { class: 'muted' }, say('page-far-above', { name: budget.name, amount: usd(budget.amount) }))),
  ];
  const wanted = state.unit || unit;
  fill(byId('timeline'),
    el('div', { class: 'head' },
      el('h2', { id: 'timeline-title' }, word('page-timeline')),
      el('div', { class: 'controls' }, splitSelect(), unitSwitch(unit))),
    wanted !== unit && el('p', { class: 'muted' }, say('page-too-many', { units: word(`page-units-${wanted}`), unit: unitName(unit) })),
    el('ul', { class: 'legend', role: 'list' }, legend),
    plot,
    said,
    asTable('timeline-table', say('page-cost-by', { title: unitName(unit) }),
      [word('page-period'), word('heading-calls'), word('heading-cost'), ...(series.length > 1 ? series.map((one) => one.label) : []), ...(average.length ? [averageName] : [])],
      () => list.map((bucket, at) => [
        bucket.long, count(bucket.sum.calls), money(bucket.sum.cost),
        ...(series.length > 1 ? parts(bucket).map((cost) => money(cost)) : []),
        ...(average.length ? [average[at] === null ? '–' : usd(average[at])] : []),
      ])));
  return { unit, list };
}

function drawTimeline(plot, said, { width, list, series, parts, average, shown, max, tell, zoom }) {
  const height = width < 520 ? 220 : 280;
  const marks = ticks(max, 4);
  const top = marks[marks.length - 1];
  const texts = marks.map((value) => axisMoney(value, top));
  const left = 10 + 7.2 * Math.max(...texts.map((text) => text.length));
  const box = { left, top: 12, width: width - left - 6, height: height - 12 - 26 };
  const y = (value) => box.top + box.height * (1 - Math.max(0, value) / top);
  const step = box.width / Math.max(1, list.length);
  const barWidth = Math.max(1, Math.min(48, step * (step > 6 ? 0.72 : 0.86)));
  const x = (at) => box.left + step * (at + 0.5);
  const grid = marks.map((value, at) => [
    svg('line', { class: at ? 'grid' : 'axis', x1: box.left, x2: box.left + box.width, y1: y(value), y2: y(value) }),
    svg('text', { class: 'tick', x: box.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, texts[at]),
  ]);
  const bars = list.map((bucket, at) => {
    const pieces = series.length ? parts(bucket) : [bucket.sum.cost];
    let base = 0;
    return pieces.map((cost, of) => {
      const value = dollars(cost);
      if (value <= 0) return null;
      const from = y(base);
      base += value;
      const to = y(base);
      // Something is never drawn as nothing, and there is a line of background between the pieces.
      const tall = Math.max(0.75, from - to - (of && from - to > 3 ? 1 : 0));
      return svg('rect', { x: x(at) - barWidth / 2, y: to, width: barWidth, height: tall, fill: `url(#t${of})`, rx: barWidth > 8 ? 2 : 0 });
    });
  });
  const points = average.map((value, at) => (value === null ? null : [x(at), y(dollars(value))])).filter(Boolean);
  const path = `M${points.map((point) => point.map((value) => value.toFixed(1)).join(',')).join('L')}`;
  // A seam in the background's colour keeps the line apart from the bars.
  const line = points.length > 1 && ['halo', 'average'].map((kind) => svg('path', { class: kind, d: path }));
  const limits = shown.map((budget) => svg('line', { class: 'budget', x1: box.left, x2: box.left + box.width, y1: y(dollars(budget.amount)), y2: y(dollars(budget.amount)) }));
  const nth = everyNth(list.length, box.width, 64);
  const labels = list.map((bucket, at) => (at % nth === 0 && x(at) + 20 <= width
    ? svg('text', { class: 'tick', x: x(at), y: height - 8, 'text-anchor': 'middle' }, bucket.short)
    : null));
  const cursor = svg('rect', { class: 'cursor', y: box.top, height: box.height, width: Math.max(step, 4), visibility: 'hidden' });
  const drawing = svg('svg', { width: '100%', height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true', focusable: 'false' },
    patterns('t'), cursor, grid, bars, limits, line, labels);
  const mark = (at) => {
    cursor.setAttribute('visibility', at === null ? 'hidden' : 'visible');
    if (at !== null) cursor.setAttribute('x', x(at) - Math.max(step, 4) / 2);
  };
  if (!plot.move) {
    plot.now = {};
    plot.move = walkable(plot, said, {
      points: list.length,
      mark: (at) => plot.now.mark(at),
      tell,
      choose: zoom,
      where: (at) => plot.now.where(at),
    });
    const at = (event) => {
      const place = plot.getBoundingClientRect();
      const { box: now, step: each } = plot.now;
      const found = Math.floor((event.clientX - place.left - now.left) / each);
      return found >= 0 && found < list.length ? found : null;
    };
    plot.addEventListener('pointermove', (event) => plot.move(at(event), event));
    plot.addEventListener('pointerleave', () => plot.move(null));
    plot.addEventListener('click', (event) => {
      const found = at(event);
      // A finger looks first: it has no other way to.
      if (found !== null && event.pointerType !== 'touch') zoom(found);
    });
  }
  plot.now = {
    mark,
    box,
    step,
    where: (at) => {
      const place = plot.getBoundingClientRect();
      return { left: place.left + x(at), top: place.top + box.top, width: 0, height: box.height };
    },
  };
  fill(plot, drawing);
}

function splitSelect() {
  const options = ['none', ...DIMENSIONS.filter((id) => id !== 'session')].filter((id) => id === 'none' || id === state.split || optionsOf(id) > 1 || id === 'model');
  return el('label', { class: 'inline' }, `${word('page-split-by')} `,
    el('select', { id: 'split', on: { change: (event) => {
      state.split = event.target.value;
      render('split');
    } } }, options.map((id) => el('option', { value: id, selected: id === state.split }, id === 'none' ? word('page-split-nothing') : TITLES[id][0].toLowerCase()))));
}

function unitSwitch(unit) {
  return el('fieldset', { class: 'segments' }, el('legend', { class: 'hidden' }, word('page-bars-stand-for')),
    ['day', 'week', 'month'].map((one) => el('label', null,
      el('input', { type: 'radio', name: 'unit', value: one, id: `unit-${one}`, checked: one === unit, on: { change: () => {
        state.unit = one;
        render(`unit-${one}`);
      } } }),
      el('span', null, word(`page-switch-${one}`)))));
}
