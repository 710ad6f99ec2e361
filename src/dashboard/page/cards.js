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
    tile('Spent', money(total.cost, { id: 'total-cost' }),
      hasFilters() ? `${share(total.cost, unitsOf(data.totals.totalCostExact))} of everything` : `${exact(total.cost)} USD`),
    tile('Calls', el('data', { id: 'total-calls', value: total.calls }, count(total.calls)),
      total.calls ? `${usd(total.cost / BigInt(total.calls))} each` : null),
    tile('Days with calls', el('data', { id: 'total-days', value: days }, count(days)), days ? `${usd(perDay)} on such a day` : null),
    tile('Tokens', el('data', { id: 'total-tokens', value: total.tokens, title: count(total.tokens) }, shortCount(total.tokens)),
      `${shortCount(total.output)} of them written by the model`),
    tile('Read from cache', readShare === null ? '–' : percentFormat.format(readShare),
      saved < 0n ? `caching cost ${usd(-saved)} more than it saved` : `caching saved ${usd(saved)}`),
    tile('Known exactly', share(certain, total.cost), `${usd(total.unlisted)} unlisted, ${usd(total.estimated)} estimated`));
}

// A list of terms and values.
function facts(pairs) {
  return el('dl', { class: 'facts' }, pairs.filter(Boolean).map(([term, value, note]) => el('div', null,
    el('dt', null, term), el('dd', null, value, note && el('span', { class: 'muted' }, ` ${note}`)))));
}

function monthCard(result) {
  const found = forecast(result);
  const [first, after, name] = data.month;
  const title = el('h2', { id: 'month-title' }, `Forecast for ${monthLabel(name, monthLong)}`);
  const card = (...children) => el('section', { class: 'card', id: 'month', 'aria-labelledby': 'month-title' }, title, ...children);
  if (!found) return card(el('p', { class: 'muted' }, 'The page was made for days that are over: there is nothing to forecast.'));
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
    if (found.spent >= budget.amount) return `The ${budget.name} of ${usd(budget.amount)} is used up.`;
    return over
      ? `At this pace the ${budget.name} of ${usd(budget.amount)} is used up on ${dayLong(over[0])}.`
      : `At this pace the ${budget.name} of ${usd(budget.amount)} is enough: ${usd(budget.amount - found.sum)} would be left.`;
  });
  const basis = found.full > 0
    ? `What was spent so far, and the mean of the last ${counted(found.full, 'whole day', 'whole days')} for the time that is left.`
    : 'There is no whole day to go by yet.';
  return card(
    facts([
      ['Spent so far', money(found.spent, { id: 'month-spent' }), found.partial ? `since ${dayPlain(data.since)}` : null],
      ['Forecast', money(found.sum, { id: 'month-forecast' })],
      hasSpan ? ['Likely between', el('span', null, money(lowest, { id: 'month-low' }), ' and ', money(found.sum + found.spread, { id: 'month-high' }))] : null,
      ['Days left', count(Math.max(0, after - data.today - 1)), `of ${count(after - first)}`],
    ]),
    plot,
    el('ul', { class: 'legend', role: 'list' },
      el('li', null, lineSwatch('actual'), 'spent'),
      el('li', null, lineSwatch('forecast'), 'forecast'),
      hasSpan ? el('li', null, el('span', { class: 'key likely' }), 'likely (4 times of 5)') : null,
      shown.length ? el('li', null, lineSwatch('budget'), 'budget') : null),
    sentences.map((text) => el('p', null, text)),
    el('p', { class: 'muted' }, basis, ' Names that are chosen above count, dates do not.'),
    asTable('month-table', 'Spent and expected, added up by day', ['Day', 'Spent so far', 'Expected by then'], () => [
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
    const [kind, mark, word] = limit.usedUp ? ['bad', '✕', 'used up'] : near ? ['warning', '!', 'nearly used up'] : ['good', '✓', 'within'];
    const drawn = bar(ratio, kind);
    for (const part of limit.warnAt) {
      const tick = el('span', { class: 'warn-tick' });
      tick.style.insetInlineStart = `${part * 100}%`;
      drawn.append(tick);
    }
    // Rounded down: all is said only when it is all.
    const percents = new Intl.NumberFormat(undefined, { style: 'percent' }).format(Math.floor(ratio * 100) / 100);
    return el('li', null,
      el('div', { class: 'head' },
        el('strong', null, limit.name),
        el('span', { class: `state ${kind}` }, el('span', { 'aria-hidden': 'true' }, mark), ` ${percents}, ${word}`)),
      drawn,
      el('p', null, `${limit.estimated ? '~' : ''}${usd(spent)} of ${usd(allowed)}`),
      el('p', { class: 'muted' }, [`${limit.layer} settings`, ...limit.facts].join('; ')));
  });
  return el('section', { class: 'card', id: 'budgets', 'aria-labelledby': 'budgets-title' },
    el('h2', { id: 'budgets-title' }, 'Budgets'),
    rows_.length
      ? [el('ul', { class: 'budgets', role: 'list' }, rows_), el('p', { class: 'muted' }, 'As they stood when the page was made, whatever is chosen above.')]
      : el('p', { class: 'muted' }, 'No budget is set. ', el('code', null, 'cost-hook config set cost.monthlyBudget 200'), ' sets one.'));
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
  const grid = el('div', { class: 'heat-box', tabindex: 0, role: 'region', 'aria-label': 'Cost by day of the week and hour; arrow keys read single hours' },
    el('table', { class: 'heat', id: 'heat' },
      el('caption', { class: 'hidden' }, `Cost by day of the week and hour of the day, in ${data.timezone}`),
      el('thead', null, el('tr', null, el('td', null), hours.map((at, place) => el('th', { scope: 'col' },
        el('span', { class: 'hidden' }, hour(at)), el('span', { 'aria-hidden': 'true' }, place % labelled === 0 ? String(at) : ''))))),
      el('tbody', null, body)));
  const said = el('p', { class: 'hidden', role: 'status' });
  const tell = (at) => {
    const { day, at: from, cost } = cells[at];
    return [`${long(day)}, ${hour(from)} to ${hour(from + step)}`, usd(cost), `${share(cost, result.total.cost)} of the cost`];
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
    el('h2', { id: 'heat-title' }, 'When'),
    el('p', { class: 'muted' }, most > 0n ? `Most is spent on ${long(peak.day)}s from ${hour(peak.at)} to ${hour(peak.at + step)}: ${usd(peak.cost)}.` : 'Nothing in this selection.'),
    grid, said,
    el('ul', { class: 'legend scale', role: 'list', 'aria-label': 'Scale' },
      el('li', null, usd(0n, 2)),
      Array.from({ length: HEAT_STEPS + 1 }, (_, at) => el('li', { 'aria-hidden': 'true' }, el('span', { class: `key heat${at}` }))),
      el('li', null, usd(most))));
}

function cacheCard(result, list) {
  const { total } = result;
  const kinds = [
    ['Read from cache', total.read, 'c0'],
    ['Written to cache', total.written, 'c1'],
    ['Outside the cache', total.input, 'c2'],
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
    el('h2', { id: 'cache-title' }, 'Cache'),
    facts([
      ['Read share', total.readShare === null ? '–' : percentFormat.format(total.readShare), 'of the prompt tokens'],
      [saved < 0n ? 'Caching cost more' : 'Caching saved', money(magnitude(saved), { id: 'saved' }), 'against plain input'],
    ]),
    drawing,
    el('ul', { class: 'legend column', role: 'list' }, kinds.map(([title, value], at) => el('li', { title: count(value) },
      swatch('c', at), `${title}: ${shortCount(value)} (${percentFormat.format(part(value))})`))),
    el('h3', null, 'Read share over time'), line,
    asTable('cache-table', 'Read share over time', ['Period', 'Prompt tokens', 'Read from cache', 'Read share'],
      () => list.map((bucket) => [bucket.long, count(bucket.sum.prompt), count(bucket.sum.read), bucket.sum.readShare === null ? '–' : percentFormat.format(bucket.sum.readShare)])));
}

function certaintyCard(result) {
  const { total } = result;
  const certain = total.cost - total.unlisted - total.estimated;
  const line = (title, units, words) => el('li', null,
    el('div', { class: 'head' }, el('strong', null, title), el('span', null, money(units), ` (${share(units, total.cost)})`)),
    bar(total.cost > 0n ? dollars(units) / dollars(total.cost) : 0), el('p', { class: 'muted' }, words));
  return el('section', { class: 'card', id: 'certainty', 'aria-labelledby': 'certainty-title' },
    el('h2', { id: 'certainty-title' }, 'How certain it is'),
    el('ul', { class: 'budgets', role: 'list' },
      line('Known exactly', certain, 'Calls with known prices, to the last token.'),
      line('Unlisted', total.unlisted, 'Claude Code says it was spent, and no transcript names the call.'),
      line('Estimated', total.estimated, 'Calls whose price is not certain, such as models in no price list.')));
}
