// The other cards: the tiles at the top, the running month, budgets, the week, the cache, and how certain it all is.

function tile(title, value, ...notes) {
  return el('div', { class: 'tile' }, el('dt', null, title), el('dd', { class: 'value' }, value),
    notes.filter(Boolean).map((note) => el('dd', { class: 'muted' }, note)));
}

function tiles(result) {
  const { total } = result;
  const certain = total.cost - total.unlisted - total.estimated;
  const days = [...result.days.values()].filter((sum) => sum.calls > 0 || sum.cost !== 0n).length;
  const perDay = days ? total.cost / BigInt(days) : 0n;
  const readShare = total.readShare;
  const saved = total.saved;
  fill(byId('tiles'),
    tile(word('page-spent'), money(total.cost, { id: 'total-cost' }),
      hasFilters() ? say('page-part-of-everything', { share: share(total.cost, unitsOf(data.totals.totalCostExact)) }) : `${exact(total.cost)} USD`),
    tile(word('heading-calls'), el('data', { id: 'total-calls', value: total.calls }, count(total.calls)),
      total.calls ? say('page-each', { amount: usd(total.cost / BigInt(total.calls)) }) : null),
    tile(word('page-days-with-calls'), el('data', { id: 'total-days', value: days }, count(days)), days ? say('page-on-such-a-day', { amount: usd(perDay) }) : null),
    tile(word('heading-tokens'), el('data', { id: 'total-tokens', value: total.tokens, title: count(total.tokens) }, shortCount(total.tokens)),
      say('page-written-by-model', { tokens: shortCount(total.output) })),
    tile(word('page-read-from-cache'), readShare === null ? '–' : percentFormat.format(readShare),
      saved < 0n ? say('page-caching-cost', { amount: usd(-saved) }) : say('page-caching-saved', { amount: usd(saved) })),
    tile(word('page-known-exactly'), share(certain, total.cost),
      say('page-not-exactly', { unlisted: usd(total.unlisted), estimated: usd(total.estimated) })));
}

// A list of terms and values.
function facts(pairs) {
  return el('dl', { class: 'facts' }, pairs.filter(Boolean).map(([term, value, note]) => el('div', null,
    el('dt', null, term), el('dd', null, value, note && el('span', { class: 'muted' }, ` ${note}`)))));
}

function monthCard(result) {
  const found = forecast(result);
  const [first, after, name] = data.month;
  const title = el('h2', { id: 'month-title' }, say('page-forecast-for', { month: monthLabel(name, monthLong) }));
  const card = (...children) => el('section', { class: 'card', id: 'month', 'aria-labelledby': 'month-title' }, title, ...children);
  if (!found) return card(el('p', { class: 'muted' }, word('page-no-forecast')));
  const lowest = found.spread !== null && found.sum - found.spread > found.spent ? found.sum - found.spread : found.spent;
  const low = found.spread === null ? null : dollars(lowest);
  const high = found.spread === null ? null : dollars(found.sum + found.spread);
  const hasSpan = high !== null && high - low > 0.005;
  const budgets = budgetsFor('month');
  const shown = budgets.filter((budget) => dollars(budget.amount) <= 3 * Math.max(dollars(found.sum), high || 0) || found.sum === 0n);
  const past = pastDays(result, first);
  const plot = el('div', { class: 'plot still', 'aria-hidden': 'true' });
  draw(plot, (width) => fill(plot, drawMonth(width, { found, past, first, after, low, high: hasSpan ? high : null, budgets: shown })));
  const sentences = budgets.map((budget) => {
    const over = found.path.find(([, sum]) => sum >= budget.amount);
    const named = { budget: budget.name, amount: usd(budget.amount) };
    if (found.spent >= budget.amount) return say('page-budget-used-up', named);
    return over
      ? say('page-budget-used-up-on', { ...named, day: dayLong(over[0]) })
      : say('page-budget-enough', { ...named, left: usd(budget.amount - found.sum) });
  });
  const basis = found.full > 0
    ? say('page-forecast-basis', { days: count(found.full) }, found.full)
    : word('page-forecast-without-basis');
  return card(
    facts([
      [word('page-spent-so-far'), money(found.spent, { id: 'month-spent' }), found.partial ? say('page-since', { day: dayPlain(data.since) }) : null],
      [word('page-forecast'), money(found.sum, { id: 'month-forecast' })],
      hasSpan ? [word('page-likely-between'), el('span', null, told('page-low-and-high', { low: money(lowest, { id: 'month-low' }), high: money(found.sum + found.spread, { id: 'month-high' }) }))] : null,
      [word('page-days-left'), count(Math.max(0, after - data.today - 1)), say('page-of-days', { days: count(after - first) })],
    ]),
    plot,
    el('ul', { class: 'legend', role: 'list' },
      el('li', null, lineSwatch('actual'), word('page-legend-spent')),
      el('li', null, lineSwatch('forecast'), word('page-legend-forecast')),
      hasSpan ? el('li', null, el('span', { class: 'key likely' }), word('page-legend-likely')) : null,
      shown.length ? el('li', null, lineSwatch('budget'), word('page-legend-budget')) : null),
    sentences.map((text) => el('p', null, text)),
    el('p', { class: 'muted' }, basis),
    asTable('month-table', word('page-month-table'), [word('page-heading-day'), word('page-spent-so-far'), word('page-expected-by-then')], () => [
      ...past.map(([day, sum]) => [dayLong(day), money(sum), '–']),
      ...found.path.map(([day, sum]) => [dayLong(day), '–', usd(sum)]),
    ]));
}

// What was spent in the month up to each day, this one included.
function pastDays(result, first) {
  let sum = 0n;
  const days = [];
  for (let day = first; day <= data.today; day += 1) {
    sum += result.every.get(day) || 0n;
    days.push([day, sum]);
  }
  return days;
}

// The month as a line that climbs: spent, then expected with the span it is likely to end in.
function drawMonth(width, { found, past, first, after, low, high, budgets }) {
  const height = 190;
  const marks = ticks(Math.max(dollars(found.sum), high || 0, ...budgets.map((budget) => dollars(budget.amount))), 3);
  const top = marks[marks.length - 1];
  const texts = marks.map((value) => axisMoney(value, top));
  const left = 10 + 7.2 * Math.max(...texts.map((text) => text.length));
  const right = width - 8;
  const x = (day) => left + ((right - left) * (day - first + 1)) / (after - first);
  const y = (value) => 10 + (height - 34) * (1 - Math.max(0, value) / top);
  const line = (points) => `M${points.map(([day, sum]) => `${x(day).toFixed(1)},${y(dollars(sum)).toFixed(1)}`).join('L')}`;
  const spent = [[first - 1, 0n], ...past];
  const expected = [[data.today, found.spent], ...found.path];
  const end = `${x(data.today).toFixed(1)},${y(dollars(found.spent)).toFixed(1)}`;
  const days = Array.from({ length: after - first }, (_, at) => first + at);
  const nth = everyNth(days.length, right - left, 56);
  return svg('svg', { width: '100%', height, viewBox: `0 0 ${width} ${height}`, focusable: 'false' },
    marks.map((value, at) => [
      svg('line', { class: at ? 'grid' : 'axis', x1: left, x2: right, y1: y(value), y2: y(value) }),
      svg('text', { class: 'tick', x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }, texts[at]),
    ]),
    high !== null && svg('path', { class: 'span', d: `M${end}L${x(after - 1)},${y(high)}V${y(low)}Z` }),
    svg('path', { class: 'area', d: `${line(spent)}V${y(0)}H${left}Z` }),
    budgets.map((budget) => svg('line', { class: 'budget', x1: left, x2: right, y1: y(dollars(budget.amount)), y2: y(dollars(budget.amount)) })),
    svg('path', { class: 'forecast', d: line(expected) }),
    svg('path', { class: 'actual', d: line(spent) }),
    svg('circle', { class: 'now', cx: x(data.today), cy: y(dollars(found.spent)), r: 4 }),
    days.filter((_, at) => at % nth === 0 && x(first + at) + 16 < width).map((day) => svg('text', { class: 'tick', x: x(day), y: height - 6, 'text-anchor': 'middle' }, dayShort(day))));
}

function budgetsCard() {
  const rows_ = data.limits.map((limit) => {
    const allowed = unitsOf(limit.allowed);
    const spent = unitsOf(limit.spent);
    const ratio = allowed > 0n ? Number(spent * 10000n / allowed) / 10000 : 1;
    const near = !limit.usedUp && limit.warnAt.length > 0 && ratio >= limit.warnAt[0];
    const [kind, mark, standing] = limit.usedUp
      ? ['bad', '✕', word('page-state-used-up')]
      : near ? ['warning', '!', word('page-state-nearly')] : ['good', '✓', word('page-state-within')];
    const drawn = bar(ratio, kind);
    for (const part of limit.warnAt) {
      const tick = el('span', { class: 'warn-tick' });
      tick.style.insetInlineStart = `${part * 100}%`;
      drawn.append(tick);
    }
    // Rounded down: all is said only when it is all.
    const percents = new Intl.NumberFormat(LOCALE, { style: 'percent' }).format(Math.floor(ratio * 100) / 100);
    return el('li', null,
      el('div', { class: 'head' },
        el('strong', null, limit.name),
        el('span', { class: `state ${kind}` }, el('span', { 'aria-hidden': 'true' }, mark), ` ${say('page-budget-stands', { percent: percents, state: standing })}`)),
      drawn,
      el('p', null, say('part-of', { part: `${limit.estimated ? '~' : ''}${usd(spent)}`, whole: usd(allowed) })),
      el('p', { class: 'muted' }, limit.facts));
  });
  return el('section', { class: 'card', id: 'budgets', 'aria-labelledby': 'budgets-title' },
    el('h2', { id: 'budgets-title' }, word('page-budgets')),
    rows_.length
      ? [el('ul', { class: 'budgets', role: 'list' }, rows_), el('p', { class: 'muted' }, word('page-as-they-stood'))]
      : el('p', { class: 'muted' }, told('page-no-budget', { command: el('code', null, 'cost-hook config set cost.monthlyBudget 200') })));
}

const HEAT_STEPS = 6;

function heatCard(result) {
  const days = Array.from({ length: 7 }, (_, at) => (at + data.weekStart) % 7);
  // Monday, 5 January 1970, and the days after it have the names of the week.
  const name = (day) => weekdayName(4 + day);
  const long = (day) => weekdayLong(4 + day);
  const step = data.hourStep;
  const hours = Array.from({ length: 24 / step }, (_, at) => at * step);
  const hour = (at) => `${String(at % 24).padStart(2, '0')}:00`;
  const all = result.heat.flat();
  const most = all.reduce((max, cost) => (cost > max ? cost : max), 0n);
  const level = (cost) => (most === 0n || cost <= 0n ? 0 : Math.min(HEAT_STEPS, 1 + Math.floor(Math.sqrt(dollars(cost) / dollars(most)) * (HEAT_STEPS - 0.001))));
  const cells = [];
  const body = days.map((day) => el('tr', null, el('th', { scope: 'row' }, el('abbr', { title: long(day) }, name(day))),
    hours.map((at) => {
      const cost = result.heat[day][at];
      const cell = el('td', { class: `heat${level(cost)}` }, el('span', { class: 'hidden' }, el('data', { value: exact(cost) }, usd(cost))));
      cells.push({ cell, day, at, cost });
      return cell;
    })));
  const labelled = step === 1 ? 3 : 1;
  const grid = el('div', { class: 'heat-box', tabindex: 0, role: 'region', 'aria-label': word('page-heat-keys') },
    el('table', { class: 'heat', id: 'heat' },
      el('caption', { class: 'hidden' }, say('page-heat', { zone: data.timezone })),
      el('thead', null, el('tr', null, el('td', null), hours.map((at, place) => el('th', { scope: 'col' },
        el('span', { class: 'hidden' }, hour(at)), el('span', { 'aria-hidden': 'true' }, place % labelled === 0 ? String(at) : ''))))),
      el('tbody', null, body)));
  const said = el('p', { class: 'hidden', role: 'status' });
  const tell = (at) => {
    const { day, at: from, cost } = cells[at];
    return [
      say('page-hours', { weekday: long(day), from: hour(from), to: hour(from + step) }),
      usd(cost),
      say('page-part-of-cost', { share: share(cost, result.total.cost) }),
    ];
  };
  let marked = null;
  const move = walkable(grid, said, {
    points: cells.length,
    columns: hours.length,
    mark: (at) => {
      if (marked) marked.classList.remove('cursor');
      marked = at === null ? null : cells[at].cell;
      if (marked) marked.classList.add('cursor');
    },
    tell,
    where: (at) => cells[at].cell.getBoundingClientRect(),
  });
  const places = new Map(cells.map(({ cell }, at) => [cell, at]));
  grid.addEventListener('pointermove', (event) => move(places.get(event.target.closest('td')) ?? null, event));
  grid.addEventListener('pointerleave', () => move(null));
  const peak = cells.reduce((best, one) => (one.cost > best.cost ? one : best), cells[0]);
  return el('section', { class: 'card', 'aria-labelledby': 'heat-title' },
    el('h2', { id: 'heat-title' }, word('page-when')),
    el('p', { class: 'muted' }, most > 0n ? say('page-peak', { weekday: long(peak.day), from: hour(peak.at), to: hour(peak.at + step), amount: usd(peak.cost) }) : word('page-nothing-chosen')),
    grid, said,
    el('ul', { class: 'legend scale', role: 'list', 'aria-label': word('page-scale') },
      el('li', null, usd(0n, 2)),
      Array.from({ length: HEAT_STEPS + 1 }, (_, at) => el('li', { 'aria-hidden': 'true' }, el('span', { class: `key heat${at}` }))),
      el('li', null, usd(most))));
}

function cacheCard(result, list) {
  const { total } = result;
  const kinds = [
    [word('page-read-from-cache'), total.read, 'c0'],
    [word('page-written-to-cache'), total.written, 'c1'],
    [word('page-outside-cache'), total.input, 'c2'],
  ];
  const part = (value) => (total.prompt ? value / total.prompt : 0);
  const drawing = svg('svg', { class: 'stack', width: '100%', height: 18, viewBox: '0 0 1000 18', preserveAspectRatio: 'none', 'aria-hidden': 'true', focusable: 'false' }, patterns('c'));
  let x = 0;
  kinds.forEach(([, value], at) => {
    drawing.append(svg('rect', { x, y: 0, width: Math.max(0, part(value) * 1000 - 2), height: 18, fill: `url(#c${at})` }));
    x += part(value) * 1000;
  });
  const line = el('div', { class: 'spark', 'aria-hidden': 'true' });
  const points = list.map((bucket) => bucket.sum.readShare);
  draw(line, (width) => {
    const height = 56;
    const each = width / Math.max(1, points.length);
    const known = points.map((value, at) => (value === null ? null : [each * (at + 0.5), 4 + (height - 8) * (1 - value)])).filter(Boolean);
    fill(line, svg('svg', { width: '100%', height, viewBox: `0 0 ${width} ${height}`, focusable: 'false' },
      [0, 0.5, 1].map((value) => svg('line', { class: 'grid', x1: 0, x2: width, y1: 4 + (height - 8) * (1 - value), y2: 4 + (height - 8) * (1 - value) })),
      known.length > 1
        ? svg('path', { class: 'average', d: `M${known.map((point) => point.map((value) => value.toFixed(1)).join(',')).join('L')}` })
        : known.map(([cx, cy]) => svg('circle', { class: 'dot', cx, cy, r: 3 }))));
  });
  const saved = total.saved;
  return el('section', { class: 'card', id: 'cache', 'aria-labelledby': 'cache-title' },
    el('h2', { id: 'cache-title' }, word('page-cache')),
    facts([
      [word('page-read-share'), total.readShare === null ? '–' : percentFormat.format(total.readShare), word('page-of-prompt-tokens')],
      [word(saved < 0n ? 'page-caching-cost-more' : 'page-caching-saved-title'), money(magnitude(saved), { id: 'saved' }), word('page-against-plain-input')],
    ]),
    drawing,
    el('ul', { class: 'legend column', role: 'list' }, kinds.map(([title, value], at) => el('li', { title: count(value) },
      swatch('c', at), say('page-kind-count', { kind: title, count: shortCount(value), share: percentFormat.format(part(value)) })))),
    el('h3', null, word('page-read-share-over-time')), line,
    asTable('cache-table', word('page-read-share-over-time'), [word('page-period'), word('page-prompt-tokens'), word('page-read-from-cache'), word('page-read-share')],
      () => list.map((bucket) => [bucket.long, count(bucket.sum.prompt), count(bucket.sum.read), bucket.sum.readShare === null ? '–' : percentFormat.format(bucket.sum.readShare)])));
}

function certaintyCard(result) {
  const { total } = result;
  const certain = total.cost - total.unlisted - total.estimated;
  const line = (title, units, words) => el('li', null,
    el('div', { class: 'head' }, el('strong', null, title), el('span', null, told('page-amount-and-share', { amount: money(units), share: share(units, total.cost) }))),
    bar(total.cost > 0n ? dollars(units) / dollars(total.cost) : 0), el('p', { class: 'muted' }, words));
  return el('section', { class: 'card', id: 'certainty', 'aria-labelledby': 'certainty-title' },
    el('h2', { id: 'certainty-title' }, word('page-certainty')),
    el('ul', { class: 'budgets', role: 'list' },
      line(word('page-known-exactly'), certain, word('page-exactly-is')),
      line(word('heading-unlisted'), total.unlisted, word('page-unlisted-is')),
      line(word('heading-estimated'), total.estimated, word('page-estimated-is'))));
}
