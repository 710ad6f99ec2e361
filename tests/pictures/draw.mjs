// Draws screens of a terminal, kept with their colours, and the dashboard as PNG files.
// Arguments: the folder with what was kept, the folder for the pictures.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// The driver of the browser is that of tests/browser.
const require = createRequire(new URL('../browser/drive.mjs', import.meta.url));
const { default: puppeteer } = await import(pathToFileURL(require.resolve('puppeteer-core')).href);

const [kept, pictures] = process.argv.slice(2);
const PLAIN = ['#1f2328', '#cf222e', '#1a7f37', '#7d4e00', '#0550ae', '#8250df', '#1b7c83', '#57606a'];
const STEPS = [0, 95, 135, 175, 215, 255];

// Colours of a dark terminal, made dark enough to be read on a light one, their hue kept.
function readable([r, g, b]) {
  const light = (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  const factor = light > 0.42 ? 0.42 / light : 1;
  return `rgb(${[r, g, b].map((part) => Math.round(part * factor)).join(',')})`;
}

function indexed(number) {
  if (number < 16) return PLAIN[number % 8];
  if (number >= 232) return readable(Array(3).fill(8 + (number - 232) * 10));
  const cube = number - 16;
  return readable([STEPS[Math.floor(cube / 36)], STEPS[Math.floor(cube / 6) % 6], STEPS[cube % 6]]);
}

// What a sequence of colours changes. Backgrounds are left out: the picture is light throughout.
function change(style, codes) {
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at];
    if (code === 0) style = {};
    else if (code === 1) style = { ...style, bold: true };
    else if (code === 2) style = { ...style, dim: true };
    else if (code === 22) style = { ...style, bold: false, dim: false };
    else if (code >= 30 && code <= 37) style = { ...style, color: PLAIN[code - 30] };
    else if (code >= 90 && code <= 97) style = { ...style, color: PLAIN[code - 90] };
    else if (code === 39) style = { ...style, color: undefined };
    else if (code === 38 || code === 48) {
      const wide = codes[at + 1] === 2;
      const color = wide ? readable(codes.slice(at + 2, at + 5)) : indexed(codes[at + 2]);
      if (code === 38) style = { ...style, color };
      at += wide ? 4 : 2;
    }
  }
  return style;
}

const escaped = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);

function html(text) {
  let style = {};
  let out = '';
  for (const part of text.split(/(\x1b\[[\d;:]*m)/)) {
    const sequence = /^\x1b\[([\d;:]*)m$/.exec(part);
    if (sequence) style = change(style, sequence[1].split(/[;:]/).map(Number));
    else {
      const css = [style.color && `color:${style.color}`, style.bold && 'font-weight:600', style.dim && 'opacity:.65'];
      out += `<span style="${css.filter(Boolean).join(';')}">${escaped(part)}</span>`;
    }
  }
  return out;
}

// The client's greeting and its line about permissions are no part of what is shown, nor are runs of empty lines.
function shown(screen) {
  const lines = screen.split('\n');
  const bare = lines.map((line) => line.replace(/\x1b\[[\d;:]*m/g, '').trim());
  const first = bare.findIndex((line) => /^❯ .*login form/.test(line));
  if (first < 0) throw new Error('the first prompt is not on the screen');
  const last = bare.findLastIndex((line) => /daily budget \d+%/.test(line));
  if (last < 0) throw new Error('the status line is not on the screen');
  const kept = [...lines.keys()].slice(first, last + 1);
  return kept.filter((at) => at === first || bare[at] !== '' || bare[at - 1] !== '').map((at) => lines[at]).join('\n');
}

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-background-networking', '--no-first-run', '--lang=en-US'],
});
try {
  for (const name of ['status-line', 'stop']) {
    const screen = shown(readFileSync(join(kept, `${name}.ansi`), 'utf8'));
    const page = await browser.newPage();
    await page.setViewport({ width: 1000, height: 700, deviceScaleFactor: 1.5 });
    await page.setContent(`<meta charset="utf-8"><style>
      body { margin: 0; background: #fff }
      pre { display: inline-block; margin: 0; padding: 18px 22px; background: #fbfbfa; border: 1px solid #d8dee4;
            color: #1f2328; font: 14px/1.35 "DejaVu Sans Mono", monospace }
    </style><pre>${html(screen)}</pre>`);
    await (await page.$('pre')).screenshot({ path: join(pictures, `${name}.png`) });
  }
  const page = await browser.newPage();
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
  await page.setViewport({ width: 1280, height: 930 });
  await page.goto(pathToFileURL(join(kept, 'dashboard.html')).href);
  await page.waitForSelector('html[data-ready]');
  await page.screenshot({ path: join(pictures, 'dashboard.png') });
} finally {
  await browser.close();
}
