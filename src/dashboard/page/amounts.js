// Numbers, money and days as people read them. Money is a BigInt of 1e-12 USD and is rounded here alone.

const PER_USD = 10n ** 12n;

function magnitude(units) {
  return units < 0n ? -units : units;
}

const moneyFormats = new Map();

function moneyFormat(digits) {
  if (!moneyFormats.has(digits)) {
    const options = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' };
    moneyFormats.set(digits, {
      whole: new Intl.NumberFormat(LOCALE, { ...options, minimumFractionDigits: digits, maximumFractionDigits: digits }),
      fraction: new Intl.NumberFormat(LOCALE, { minimumIntegerDigits: Math.max(digits, 1), useGrouping: false }),
    });
  }
  return moneyFormats.get(digits);
}

// Small amounts keep four decimals, so that they are not shown as nothing.
function digitsFor(units) {
  return units !== 0n && magnitude(units) < PER_USD / 10n ? 4 : 2;
}

// Rounded half away from zero, in the reader's own way of writing dollars.
function usd(units, digits = digitsFor(units)) {
  const unit = 10n ** BigInt(12 - digits);
  const scaled = (magnitude(units) + unit / 2n) / unit;
  const scale = 10n ** BigInt(digits);
  const format = moneyFormat(digits);
  const text = format.whole.formatToParts(scaled / scale)
    .map((part) => (part.type === 'fraction' ? format.fraction.format(scaled % scale) : part.value))
    .join('');
  return units < 0n && scaled > 0n ? `-${text}` : text;
}

// The exact decimal, as the ledger and the JSON documents write it.
function exact(units) {
  const whole = magnitude(units);
  const fraction = (whole % PER_USD).toString().padStart(12, '0').replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole / PER_USD}${fraction && `.${fraction}`}`;
}

// For geometry only, never for sums.
function dollars(units) {
  return Number(units) / 1e12;
}

const plainFormat = new Intl.NumberFormat(LOCALE);
const shortFormat = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
const percentFormat = new Intl.NumberFormat(LOCALE, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });

function count(value) {
  return plainFormat.format(value);
}

function shortCount(value) {
  return value < 10000 ? plainFormat.format(value) : shortFormat.format(value);
}

function callsText(calls) {
  return say('page-calls', { calls: count(calls) }, calls);
}

// A part of a whole with one decimal; what is not quite nothing or not quite all is not shown as that.
function share(part, whole) {
  if (whole === 0n) return '–';
  const ratio = Number(part * 1000000n / whole) / 1000000;
  if (ratio > 0 && ratio < 0.0005) return `<${percentFormat.format(0.001)}`;
  if (ratio < 1 && ratio >= 0.9995) return `>${percentFormat.format(0.999)}`;
  return percentFormat.format(ratio);
}

const DAY_MS = 86400000;

// Days are numbers counted from 1970-01-01, cut in the reader's zone before this page was made. They are written in
// UTC so that the browser's own zone has no say.
function dayFormat(options) {
  const format = new Intl.DateTimeFormat(LOCALE, { timeZone: 'UTC', ...options });
  return (day) => format.format(new Date(day * DAY_MS));
}

const dayLong = dayFormat({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const dayPlain = dayFormat({ day: 'numeric', month: 'short', year: 'numeric' });
const dayShort = dayFormat({ day: 'numeric', month: 'short' });
const monthLong = dayFormat({ month: 'long', year: 'numeric' });
const monthShort = dayFormat({ month: 'short', year: '2-digit' });
const weekdayName = dayFormat({ weekday: 'short' });
const weekdayLong = dayFormat({ weekday: 'long' });

function isoDay(day) {
  const date = new Date(day * DAY_MS);
  const year = date.getUTCFullYear();
  return year < 0 || year > 9999 ? '' : date.toISOString().slice(0, 10);
}

function dayOfIso(text) {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(ms) ? null : ms / DAY_MS;
}

// 0 = Monday.
function weekday(day) {
  return (((day + 3) % 7) + 7) % 7;
}

const isoFormat = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)$/;

// A moment in the zone the page was made for: `2026-11-24 10:00`.
function momentText(text) {
  const parts = isoFormat.exec(text);
  const day = parts && dayOfIso(parts[1]);
  return parts && day !== null ? say('page-day-and-time', { day: dayPlain(day), time: parts[2] }) : text;
}
