// Tables of names: sorted by any column, the first rows shown, each name a button that narrows the page down to it.

const ROWS_SHOWN = 8;

function compare(a, b) {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

function sortHeader(id, column, sort, isText) {
  const active = sort.by === column.id;
  const button = el('button', {
    type: 'button',
    class: 'sort',
    id: `${id}-sort-${column.id}`,
    on: {
      click: () => {
        state.sort[id] = { by: column.id, down: active ? !sort.down : !isText };
        render(`${id}-sort-${column.id}`);
      },
    },
  }, column.title, el('span', { class: 'arrow', 'aria-hidden': 'true' }, active ? (sort.down ? '▼' : '▲') : '↕'));
  return el('th', { scope: 'col', class: isText ? null : 'number', 'aria-sort': active ? (sort.down ? 'descending' : 'ascending') : 'none' }, button);
}

// The button that narrows the page down to a name, or lets go of it.
function nameButton(dimension_, at) {
  const full = fullName(dimension_, at);
  const shown = label(dimension_, at);
  const chosen = state.chosen[dimension_] === at;
  return el('button', {
    type: 'button',
    class: 'name',
    id: `pick-${dimension_}-${at}`,
    title: full,
    'aria-pressed': String(chosen),
    'aria-label': full === shown ? null : say('page-name-in-full', { name: shown, full }),
    on: { click: () => choose(dimension_, chosen ? null : at, `pick-${dimension_}-${at}`) },
  }, el('bdi', null, shown));
}

// `columns` have an id, a title, the value to sort by and the cell to show.
function table({ id, caption, dimension: dimension_, lines, columns, total }) {
  const sort = state.sort[id] || { by: 'cost', down: true };
  const column = columns.find((one) => one.id === sort.by) || columns[0];
  const sorted = [...lines].sort((a, b) => {
    const others = isOthers(dimension_, a.at) - isOthers(dimension_, b.at);
    const order = compare(column.value(a), column.value(b));
    return others || (sort.down ? -order : order) || compare(a.at, b.at);
  });
  const isOpen = Boolean(state.open[id]);
  // What is put together as others is always to be seen: without it the rows do not add up.
  const others = sorted.filter((line) => isOthers(dimension_, line.at));
  const own = sorted.filter((line) => !isOthers(dimension_, line.at));
  const shown = isOpen ? own : own.slice(0, ROWS_SHOWN);
  const hidden = own.length - shown.length;
  const body = shown.concat(others).map((line) => el('tr', null, columns.map((one) => (one.isHead
    ? el('th', { scope: 'row' }, one.cell(line))
    : el('td', { class: one.isText ? null : `number${one.wide ? ' wide' : ''}` }, one.cell(line))))));
  const more = own.length > ROWS_SHOWN && el('button', {
    type: 'button',
    class: 'more',
    id: `${id}-more`,
    'aria-expanded': String(isOpen),
    'aria-controls': id,
    on: {
      click: () => {
        state.open[id] = !isOpen;
        render(`${id}-more`);
      },
    },
  }, isOpen ? word('page-show-fewer') : say('page-show-all', { count: count(own.length) }));
  const foot = total && el('tfoot', null, el('tr', null, total.map((cell, at) => (at
    ? el('td', { class: 'number' }, cell)
    : el('th', { scope: 'row' }, cell)))));
  return [
    el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
      el('table', { id, class: 'names' },
        el('caption', { class: 'hidden' }, say('page-table-caption', { caption })),
        el('thead', null, el('tr', null, columns.map((one) => sortHeader(id, one, sort, one.isText || one.isHead)))),
        el('tbody', null, body.length ? body : el('tr', null, el('td', { colspan: columns.length, class: 'muted' }, word('page-nothing-chosen')))),
        foot)),
    hidden > 0 && el('p', { class: 'muted only-print' }, say('page-not-printed', { count: count(hidden) })),
    more,
  ];
}

const costColumn = (digits) => ({ id: 'cost', title: word('heading-cost'), value: (line) => line.sum.cost, cell: (line) => costCell(line.sum, digits) });

// What is an estimate in part has a mark.
function costCell(sum, digits) {
  if (sum.estimated === 0n) return money(sum.cost, null, digits);
  return [el('span', { title: word('page-partly-estimated') }, el('span', { 'aria-hidden': 'true' }, '~'), el('span', { class: 'hidden' }, `${word('page-about')} `)), money(sum.cost, null, digits)];
}

// One number of decimals for all amounts that stand in one column.
function commonDigits(sums) {
  const cent = PER_USD / 100n;
  const amounts = sums.map((sum) => magnitude(sum.cost));
  const tiny = amounts.some((amount) => amount !== 0n && amount < cent);
  return tiny && amounts.every((amount) => amount < 100n * PER_USD) ? 4 : 2;
}

function linesOf(result, id) {
  return [...result.by[id]].map(([at, sum]) => ({ at, sum }));
}

// The names of one dimension by cost, with bars.
function ranking(result, id) {
  const lines = linesOf(result, id);
  const whole = result.total.cost;
  const most = lines.reduce((max, line) => Math.max(max, dollars(line.sum.cost)), 0);
  const digits = commonDigits(lines.map((line) => line.sum));
  const title = TITLES[id][0];
  const columns = [
    { id: 'name', title, isHead: true, value: (line) => label(id, line.at).toLowerCase(), cell: (line) => [nameButton(id, line.at), bar(most > 0 ? dollars(line.sum.cost) / most : 0)] },
    costColumn(digits),
    { id: 'share', title: word('heading-share'), value: (line) => line.sum.cost, cell: (line) => share(line.sum.cost, whole) },
    { id: 'calls', title: word('heading-calls'), value: (line) => line.sum.calls, cell: (line) => count(line.sum.calls) },
    { id: 'tokens', title: word('heading-tokens'), value: (line) => line.sum.tokens, cell: (line) => el('span', { title: count(line.sum.tokens) }, shortCount(line.sum.tokens)) },
  ];
  return el('section', { class: 'card', 'aria-labelledby': `by-${id}-title` },
    el('h2', { id: `by-${id}-title` }, say('page-by', { title: title.toLowerCase() })),
    table({
      id: `by-${id}`,
      caption: say('page-cost-by', { title: title.toLowerCase() }),
      dimension: id,
      lines,
      columns,
      total: [word('row-total'), costCell(result.total, digits), share(whole, whole), count(result.total.calls), shortCount(result.total.tokens)],
    }));
}

function sessionsCard(result) {
  const lines = linesOf(result, 'session');
  const known = dimension('session').names.length;
  const whole = result.total.cost;
  const digits = commonDigits(lines.map((line) => line.sum));
  const told = (line) => data.sessions[line.at];
  const project = (line) => {
    const folder = told(line) ? told(line).project : '';
    const at = dimension('project').names.indexOf(folder);
    return at < 0 ? folder || '–' : label('project', at);
  };
  const columns = [
    { id: 'name', title: word('heading-session'), isHead: true, value: (line) => label('session', line.at), cell: (line) => nameButton('session', line.at) },
    { id: 'project', title: word('heading-project'), isText: true, value: (line) => project(line).toLowerCase(), cell: (line) => el('bdi', { title: told(line) ? told(line).project : null }, project(line)) },
    { id: 'first', title: word('page-began'), isText: true, value: (line) => (told(line) ? told(line).first : ''), cell: (line) => (told(line) ? momentText(told(line).first) : '–') },
    { id: 'last', title: word('page-last-call'), isText: true, value: (line) => (told(line) ? told(line).last : ''), cell: (line) => (told(line) ? momentText(told(line).last) : '–') },
    { id: 'calls', title: word('heading-calls'), value: (line) => line.sum.calls, cell: (line) => count(line.sum.calls) },
    { id: 'tokens', title: word('heading-tokens'), value: (line) => line.sum.tokens, cell: (line) => el('span', { title: count(line.sum.tokens) }, shortCount(line.sum.tokens)) },
    costColumn(digits),
    { id: 'share', title: word('heading-share'), value: (line) => line.sum.cost, cell: (line) => share(line.sum.cost, whole) },
  ];
  const note = known < data.allSessions
    ? say('page-sessions-known', { known: count(known), all: count(data.allSessions) })
    : null;
  fill(byId('sessions'),
    el('h2', { id: 'sessions-title' }, word('page-sessions-title')),
    note && el('p', { class: 'muted' }, note),
    table({ id: 'by-session', caption: say('page-cost-by', { title: TITLES.session[0].toLowerCase() }), dimension: 'session', lines, columns }));
}
