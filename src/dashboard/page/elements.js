// Elements: made by name, filled with text and never with markup. What is told of a point of a chart.

function make(document_, tag, attributes, children) {
  const element = document_(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else element.setAttribute(name, value === true ? '' : value);
  }
  // Strings become text, whatever they hold.
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function el(tag, attributes, ...children) {
  return make((name) => document.createElement(name), tag, attributes, children);
}

function svg(tag, attributes, ...children) {
  return make((name) => document.createElementNS('http://www.w3.org/2000/svg', name), tag, attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

function fill(parent, ...children) {
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
}

// An amount that shows rounded and holds its exact value.
function money(units, attributes, digits) {
  return el('data', { value: exact(units), title: `${exact(units)} USD`, ...attributes }, usd(units, digits));
}

// A bar whose width is a part of the whole; something is never drawn as nothing.
function bar(ratio, kind) {
  const filled = el('span', { class: `fill ${kind || ''}` });
  const part = Math.min(1, Math.max(0, ratio));
  filled.style.inlineSize = `${part > 0 ? Math.max(part * 100, 0.8) : 0}%`;
  return el('span', { class: 'bar', 'aria-hidden': 'true' }, filled);
}

const tip = el('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' });
document.body.append(tip);

function showTip(lines, x, y) {
  fill(tip, lines.map((line, at) => el(at ? 'div' : 'strong', null, line)));
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = Math.min(Math.max(8, x + 14), window.innerWidth - box.width - 8);
  const top = y + 18 + box.height > window.innerHeight ? y - box.height - 12 : y + 18;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${Math.max(8, top)}px`;
}

function hideTip() {
  tip.hidden = true;
}

window.addEventListener('scroll', hideTip, { passive: true });

// A chart that can be walked through with the arrow keys; what it says of the point is read out. `points` is how many
// there are, `mark` draws the cursor, `tell` gives lines of text, `choose` is done on Enter.
function walkable(box, said, { points, columns, mark, tell, choose, where }) {
  let cursor = null;
  const move = (at, event) => {
    cursor = at;
    mark(at);
    if (at === null) {
      hideTip();
      return;
    }
    const lines = tell(at);
    if (event) showTip(lines, event.clientX, event.clientY);
    else {
      const place = where(at);
      if (place) showTip(lines, place.left + place.width / 2, place.top + Math.min(place.height, 40));
      said.textContent = lines.reduce((facts_, fact) => say('fact-after-facts', { facts: facts_, fact }));
    }
  };
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns || 1, ArrowUp: -(columns || 1) };
  box.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || points === 0) return;
    let to = null;
    if (event.key in steps) to = cursor === null ? (steps[event.key] > 0 ? 0 : points - 1) : cursor + steps[event.key];
    else if (event.key === 'Home') to = 0;
    else if (event.key === 'End') to = points - 1;
    else if (event.key === 'Escape') move(null);
    else if (event.key === 'Enter' && cursor !== null && choose) choose(cursor);
    else return;
    event.preventDefault();
    if (to !== null && to >= 0 && to < points) move(to);
  });
  box.addEventListener('blur', () => move(null));
  return move;
}

// The same figures as a table, made when it is asked for.
function asTable(id, caption, head, lines) {
  const details = el('details', { class: 'as-table' }, el('summary', null, word('page-as-table')));
  const open = () => {
    if (!details.open || details.children.length > 1) return;
    const cells = (line) => line.map((cell, at) => (at ? el('td', null, cell) : el('th', { scope: 'row' }, cell)));
    details.append(el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
      el('table', { id },
        el('caption', { class: 'hidden' }, caption),
        el('thead', null, el('tr', null, head.map((name) => el('th', { scope: 'col' }, name)))),
        el('tbody', null, lines().map((line) => el('tr', null, cells(line)))))));
  };
  details.addEventListener('toggle', () => {
    state.open[id] = details.open;
    open();
  });
  if (state.open[id]) {
    details.open = true;
    open();
  }
  return details;
}
