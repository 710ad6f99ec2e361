// The page: filters, colours, and drawing everything anew when something is chosen.

function optionsOf(id) {
  const { names, others } = dimension(id);
  return names.length + (others ? 1 : 0);
}

const PRESETS = new Map([
  ['all', [word('page-everything'), () => [null, null]]],
  ['7', [word('page-last-7-days'), () => [data.today - 6, data.today]]],
  ['30', [word('page-last-30-days'), () => [data.today - 29, data.today]]],
  ['90', [word('page-last-90-days'), () => [data.today - 89, data.today]]],
  ['month', [word('page-this-month'), () => [data.month[0], data.month[1] - 1]]],
  ['before', [word('page-last-month'), () => {
    const at = monthAt(data.month[0]);
    return [at > 0 ? data.months[at - 1][0] : data.month[0] - 1, data.month[0] - 1];
  }]],
  ['own', [word('page-own-dates'), () => [state.from ?? FIRST_DAY, state.to ?? END_DAY]]],
]);

function setDates(from, to, preset = 'own') {
  [state.from, state.to, state.preset] = [from, to, preset];
}

function choose(id, at, focus) {
  if (at === null) delete state.chosen[id];
  else state.chosen[id] = at;
  render(focus);
}

function field(title, id, control) {
  return el('div', { class: 'field' }, el('label', { for: id }, title), control);
}

function dateField(title, id, end) {
  const changed = (event) => {
    const day = dayOfIso(event.target.value);
    const dates = end === 'from' ? [day, state.to] : [state.from, day];
    if (dates[0] !== null && dates[1] !== null && dates[0] > dates[1]) dates.reverse();
    setDates(...dates, dates[0] === null && dates[1] === null ? 'all' : 'own');
    render(id);
  };
  return field(title, id, el('input', { type: 'date', id, min: isoDay(FIRST_DAY) || null, max: isoDay(END_DAY) || null, on: { change: changed } }));
}

// Made once: what has the keyboard's focus is not made anew while it is used.
function makeFilters() {
  const fields = [
    field(word('page-dates-label'), 'preset', el('select', { id: 'preset', on: { change: (event) => {
      setDates(...PRESETS.get(event.target.value)[1](), event.target.value);
      render('preset');
    } } }, [...PRESETS].map(([value, [text]]) => el('option', { value }, text)))),
    dateField(word('page-from'), 'from', 'from'),
    dateField(word('page-to'), 'to', 'to'),
  ];
  for (const id of DIMENSIONS.filter((one) => one !== 'session' && optionsOf(one) > 1)) {
    const options = Array.from({ length: optionsOf(id) }, (_, at) => el('option', { value: at, title: fullName(id, at) }, label(id, at)));
    fields.push(field(TITLES[id][0], `filter-${id}`, el('select', { id: `filter-${id}`, on: { change: (event) => {
      choose(id, event.target.value === '' ? null : Number(event.target.value), `filter-${id}`);
    } } }, el('option', { value: '' }, say('page-all-of', { names: TITLES[id][1] })), options)));
  }
  fields.push(el('button', { type: 'button', id: 'reset', on: { click: () => {
    state.chosen = {};
    setDates(null, null, 'all');
    state.unit = null;
    render('reset');
  } } }, word('page-reset')));
  fill(byId('fields'), fields);
}

function showFilters(result) {
  byId('preset').value = state.preset;
  byId('from').value = isoDay(state.from ?? FIRST_DAY);
  byId('to').value = isoDay(state.to ?? END_DAY);
  for (const id of DIMENSIONS) {
    const select = byId(`filter-${id}`);
    if (select) select.value = id in state.chosen ? String(state.chosen[id]) : '';
  }
  byId('reset').disabled = !hasFilters();
  const chips = Object.entries(state.chosen).map(([id, at]) => el('button', {
    type: 'button',
    class: 'chip',
    id: `chip-${id}`,
    'aria-label': say('page-remove-filter', { title: TITLES[id][0], name: fullName(id, at) }),
    on: { click: () => choose(id, null, byId(`filter-${id}`) ? `filter-${id}` : 'preset') },
  }, el('bdi', null, say('page-chip', { title: TITLES[id][0], name: label(id, at) })), el('span', { 'aria-hidden': 'true' }, ' ✕')));
  fill(byId('chips'), chips);
  const [from, to] = span();
  const dates = from === to ? dayPlain(from) : say('page-dates', { first: dayPlain(from), last: dayPlain(to) });
  const { total } = result;
  const common = { calls: callsText(total.calls), dates };
  const all = () => say('page-showing-everything', { ...common, amount: usd(total.cost) });
  const part = () => say('page-showing-part', { ...common, part: usd(total.cost), whole: usd(unitsOf(data.totals.totalCostExact)) });
  const text = rows.count === 0 ? word('page-nothing-booked') : (hasFilters() ? part : all)();
  if (byId('showing').textContent !== text) byId('showing').textContent = text;
}

// `focus` is the id of what was used: it is made anew, and the keyboard goes on from it.
function render(focus) {
  hideTip();
  forget();
  const result = fold();
  showFilters(result);
  tiles(result);
  const { list } = timelineCard(result);
  fill(byId('plan'), monthCard(result), budgetsCard());
  const more = ['branch', 'user', 'provider'].filter((id) => optionsOf(id) > 1);
  const stack = (...cards) => el('div', { class: 'stacked' }, cards);
  fill(byId('rankings'),
    stack(['model', 'feature'].map((id) => ranking(result, id))),
    stack(['project', ...more].map((id) => ranking(result, id)), certaintyCard(result)));
  fill(byId('habits'), heatCard(result), cacheCard(result, list));
  sessionsCard(result);
  const used = focus && byId(focus);
  if (used && document.activeElement !== used) used.focus({ preventScroll: true });
}

function notes() {
  const list = [];
  if (!addsUp()) list.push(['alert', word('page-wrong')]);
  if (data.unreadableLines) list.push(['alert', say('page-unreadable', { lines: count(data.unreadableLines) }, data.unreadableLines)]);
  if (data.scope.length) list.push(['', say('page-made-for', { scope: listed(data.scope) })]);
  if (data.anonymous) list.push(['', word('page-anonymous')]);
  const folded = data.dimensions.filter((one) => one.id !== 'session' && one.others > 0);
  const together = folded.map((one) => say('page-count-of', { count: count(one.others), names: one.others === 1 ? TITLES[one.id][0].toLowerCase() : TITLES[one.id][1] }));
  if (data.hourStep > 1) together.push(say('page-each-hours', { hours: data.hourStep }));
  if (together.length) list.push(['', say('page-put-together', { things: listed(together) })]);
  fill(byId('notes'), list.map(([kind, text]) => el('p', { class: `note ${kind}`, role: kind ? 'alert' : null }, text)));
}

// The chosen colours are remembered where the browser lets a page from a file do so.
function stored(value) {
  try {
    if (value === undefined) return localStorage.getItem('cost-hook-theme');
    localStorage.setItem('cost-hook-theme', value);
  } catch {
    // Not being remembered is no harm.
  }
  return null;
}

function setTheme(theme) {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function start() {
  fill(byId('made'), say('page-made', { time: data.generatedText, program: data.program }));
  fill(byId('foot'),
    el('p', null, told('page-one-file', { command: el('code', null, 'cost-hook dashboard') })),
    el('p', null, word('page-amounts')));
  const theme = stored();
  for (const choice of document.querySelectorAll('input[name=theme]')) {
    choice.checked = choice.value === (theme || 'auto');
    choice.addEventListener('change', () => {
      setTheme(choice.value);
      stored(choice.value);
    });
  }
  setTheme(theme);
  byId('print').addEventListener('click', () => window.print());
  notes();
  makeFilters();
  render();
  document.documentElement.dataset.ready = 'yes';
}

start();
