// Geometry common to the charts: scales, axes, fills that differ in pattern as well as in colour.

const SERIES = 6;

// Ticks at round numbers, from zero to at least `max`.
function ticks(max, about) {
  if (!(max > 0) || !Number.isFinite(max)) return [0, 1];
  const rough = max / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((by) => by * power).find((by) => by >= rough * 0.999);
  const list = [];
  for (let value = 0; value < max + step * 0.999; value += step) list.push(value);
  return list;
}

function axisMoney(value, top) {
  const digits = top >= 20 ? 0 : top >= 0.2 ? 2 : 4;
  const options = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' };
  const format = top >= 100000
    ? { ...options, notation: 'compact', maximumFractionDigits: 1 }
    : { ...options, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(LOCALE, format).format(value);
}

// Stripes and dots in front of the colours, so that neighbours differ without them.
function patterns(prefix) {
  const marks = [
    null,
    'M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2',
    'M0,3 h6',
    'M-1,5 l2,2 M0,0 l6,6 M5,-1 l2,2',
    'M3,0 v6',
    'M1.5,1.5 h1.2 M4.5,4.5 h1.2',
  ];
  return svg('defs', null, marks.map((mark, at) => svg('pattern',
    { id: `${prefix}${at}`, width: 6, height: 6, patternUnits: 'userSpaceOnUse' },
    svg('rect', { width: 6, height: 6, class: `color${at}` }),
    mark && svg('path', { d: mark, class: 'hatch' }))));
}

// A square that shows how a series is drawn.
function swatch(prefix, at) {
  return svg('svg', { class: 'swatch', width: 14, height: 14, viewBox: '0 0 14 14', 'aria-hidden': 'true', focusable: 'false' },
    svg('rect', { width: 14, height: 14, rx: 3, fill: `url(#${prefix}${at})` }));
}

function lineSwatch(kind) {
  return svg('svg', { class: 'swatch', width: 22, height: 14, viewBox: '0 0 22 14', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: 'M1,7 H21', class: kind }));
}

// How many labels fit beside each other.
function everyNth(many, width, each) {
  return Math.max(1, Math.ceil((many * each) / Math.max(1, width)));
}

// Draws again when the room changes, not when it is only looked at.
const drawn = new Map();
const watcher = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const known = drawn.get(target);
    if (known && Math.abs(known.width - contentRect.width) > 1) draw(target, known.how);
  }
});

function draw(box, how) {
  const width = Math.max(240, Math.floor(box.clientWidth || 640));
  if (!drawn.has(box)) watcher.observe(box);
  drawn.set(box, { width: box.clientWidth, how });
  how(width);
}

function forget() {
  watcher.disconnect();
  drawn.clear();
}
