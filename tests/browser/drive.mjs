// What is tried on a page. Reads one JSON object from standard input: the page, the browser, and the ledger's own answers
// to the same questions. Prints the names of the checks that passed; the first that fails ends it.
import assert from 'node:assert/strict';
import { launch, Page, units } from './page.mjs';

const config = JSON.parse(await new Promise((resolve) => {
  let text = '';
  process.stdin.on('data', (part) => (text += part)).on('end', () => resolve(text));
}));
const browser = await launch(config);

const checks = {
  async totals() {
    const page = await Page.open(browser, config);
    assert.equal(await page.page.$$eval('.note.alert', (notes) => notes.length), config.alerts ?? 0);
    await page.agrees(config.totals, 'everything');
    if (config.forecast) {
      const { spentExact, expectedExact, lowExact, highExact } = config.forecast;
      const shown = await Promise.all(['spent', 'forecast', 'low', 'high'].map((what) => page.value(`month-${what}`)));
      assert.deepEqual(shown, [spentExact, expectedExact, lowExact, highExact], 'the forecast is not that of analyze');
    }
    for (const unit of ['day', 'week', 'month']) {
      await page.page.$eval(`#unit-${unit}`, (input) => input.click());
      await page.agrees(config.totals, unit);
    }
    for (const split of await page.page.$$eval('#split option', (options) => options.map((option) => option.value))) {
      await page.page.select('#split', split);
      const columns = await page.page.$$eval('#timeline-table thead th', (cells) => cells.length);
      if (columns > 3) {
        const averaged = await page.page.$$eval('#timeline-table thead th', (cells) => cells.at(-1).textContent.endsWith('average'));
        const series = Array.from({ length: columns - 3 - (averaged ? 1 : 0) }, (_, at) => `#timeline-table tbody td:nth-child(${at + 4}) data`);
        if (series.length) assert.equal(await page.sum(series.join(',')), units(config.totals.totalCostExact), `split by ${split}`);
      }
    }
    await page.close();
  },

  async filters() {
    const page = await Page.open(browser, config);
    for (const { choose, since, until, totals } of config.filters) {
      await page.reset();
      for (const [id, title] of Object.entries(choose)) await page.select(`filter-${id}`, title);
      if (since) await page.setDate('from', since);
      if (until) await page.setDate('to', until);
      await page.agrees(totals, JSON.stringify({ choose, since, until }));
      assert.match(await page.text('#showing'), /^Showing .* of /);
    }
    await page.reset();
    await page.agrees(config.totals, 'after the filters');
    // A name in a table narrows the page down to it, and lets go of it again.
    const button = '#by-session .name';
    const cost = await page.page.$eval('#by-session tbody data', (element) => element.value);
    const id = await page.page.$eval(button, (element) => element.id);
    await page.page.click(button);
    assert.equal(await page.value('total-cost'), cost);
    assert.equal(await page.page.evaluate(() => document.activeElement.id), id, 'the focus stays where it was');
    await page.page.click('.chip');
    assert.equal(await page.value('total-cost'), config.totals.totalCostExact);
    await page.close();
  },

  async sorting() {
    const page = await Page.open(browser, config);
    await page.showAll();
    const column = (at) => page.page.$$eval(`#by-project tbody tr > :nth-child(${at})`, (cells) => cells.map((cell) => cell.querySelector('data')?.value ?? cell.textContent.replace(/\D/g, '')));
    const isSorted = (values) => values.every((value, at) => at === 0 || units(values[at - 1]) >= units(value));
    assert.ok(isSorted(await column(2)), 'by cost to begin with');
    await page.page.focus('#by-project-sort-calls');
    await page.page.keyboard.press('Enter');
    assert.ok(isSorted(await column(4)), 'most calls first');
    assert.equal(await page.page.evaluate(() => document.activeElement.id), 'by-project-sort-calls');
    await page.page.keyboard.press('Space');
    assert.ok(isSorted((await column(4)).reverse()), 'fewest calls first');
    const sorted = await page.page.$$eval('#by-project th[aria-sort]', (heads) => heads.map((head) => head.getAttribute('aria-sort')));
    assert.deepEqual(sorted, ['none', 'none', 'none', 'ascending', 'none']);
    await page.page.click('#by-project-sort-name');
    const names = await page.page.$$eval('#by-project tbody .name', (found) => found.map((name) => name.textContent.toLowerCase()));
    assert.deepEqual(names, [...names].sort(), 'by name');
    await page.close();
  },

  async keyboard() {
    const page = await Page.open(browser, config);
    const { page: tab } = page;
    await tab.keyboard.press('Tab');
    assert.equal(await tab.evaluate(() => document.activeElement.className), 'skip');
    await tab.keyboard.press('Enter');
    assert.equal(await tab.evaluate(() => document.activeElement.id), 'figures');
    // Once round: everything that can be used is reached, is named and can be seen to have the focus.
    await tab.reload();
    await tab.waitForSelector('html[data-ready]');
    const reached = new Set();
    for (let step = 0; step < 400; step += 1) {
      await tab.keyboard.press('Tab');
      const at = await tab.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return null;
        const seen = element.matches('.segments input') ? element.nextElementSibling : element;
        const style = getComputedStyle(seen);
        const name = element.id || element.getAttribute('aria-label') || element.textContent || element.labels?.[0]?.textContent;
        return { name, visible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || element.type === 'date' };
      });
      if (at === null) break;
      assert.ok(at.name, 'something without a name has the focus');
      assert.ok(at.visible, `${at.name} does not show that it has the focus`);
      reached.add(at.name);
    }
    for (const id of ['print', 'preset', 'from', 'to', 'timeline-plot', 'split', 'by-model-sort-cost', 'by-session-sort-last']) {
      assert.ok(reached.has(id), `${id} is not reached by Tab`);
    }
    await tab.focus('#timeline-plot');
    await tab.keyboard.press('Home');
    const first = await tab.$eval('#timeline [role=status]', (element) => element.textContent);
    assert.match(first, /\$/);
    await tab.keyboard.press('End');
    assert.notEqual(await tab.$eval('#timeline [role=status]', (element) => element.textContent), '');
    await tab.keyboard.press('Enter');
    assert.match(await page.text('#showing'), /^Showing .* of /, 'Enter narrows the page down to the bar');
    await tab.focus('#reset');
    await tab.keyboard.press('Enter');
    assert.match(await page.text('#showing'), /^Showing everything/);
    await tab.focus('.heat-box');
    await tab.keyboard.press('ArrowRight');
    assert.match(await tab.$eval('#habits [role=status]', (element) => element.textContent), /00:00 to 01:00/);
    await page.close();
  },

  async themes() {
    const background = (tab) => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const seen = {};
    for (const scheme of ['light', 'dark']) {
      const page = await Page.open(browser, config, { scheme });
      seen[scheme] = await background(page.page);
      for (const theme of ['dark', 'light']) {
        await page.page.$eval(`input[name=theme][value=${theme}]`, (input) => input.click());
        seen[`${scheme}, ${theme}`] = await background(page.page);
      }
      await page.page.$eval('input[name=theme][value=auto]', (input) => input.click());
      assert.equal(await background(page.page), seen[scheme]);
      await page.close();
    }
    assert.notEqual(seen.light, seen.dark);
    for (const name of ['dark, dark', 'light, dark']) assert.equal(seen[name], seen.dark, name);
    for (const name of ['dark, light', 'light, light']) assert.equal(seen[name], seen.light, name);
    for (const motion of ['reduce', 'no-preference']) {
      const page = await Page.open(browser, config, { motion });
      const time = await page.page.$eval('.skip', (element) => getComputedStyle(element).transitionDuration);
      assert.equal(time === '0s', motion === 'reduce', `${motion}: ${time}`);
      await page.close();
    }
  },

  async widths() {
    for (const width of [360, 400, 600, 768, 1024, 1280, 1920]) {
      for (const scheme of width === 400 || width === 1280 ? ['light', 'dark'] : ['light']) {
        const page = await Page.open(browser, config, { width, scheme });
        const wide = await page.page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `the page is ${wide} wide in a window of ${width}`);
        await page.picture(`${width}-${scheme}`);
        await page.close();
      }
    }
  },

  async print() {
    const page = await Page.open(browser, config, { scheme: 'dark' });
    const pdf = await page.page.pdf({ format: 'A4', printBackground: true });
    assert.equal(Buffer.from(pdf.slice(0, 5)).toString(), '%PDF-');
    assert.ok(pdf.length > 15000, `${pdf.length} bytes of PDF`);
    await page.page.emulateMediaType('print');
    const shown = (selector) => page.page.$eval(selector, (element) => getComputedStyle(element).display !== 'none');
    assert.equal(await shown('.tools'), false);
    assert.equal(await shown('#tiles'), true);
    const [ink, paper] = await page.page.evaluate(() => {
      const probe = getComputedStyle(document.querySelector('.card'));
      return [probe.color, probe.backgroundColor];
    });
    assert.deepEqual([ink, paper], ['rgb(21, 24, 29)', 'rgb(255, 255, 255)'], 'dark ink on white paper, whatever the screen');
    await page.close();
  },

  async accessibility() {
    for (const scheme of ['light', 'dark']) {
      const page = await Page.open(browser, config, { scheme });
      await page.axe(scheme);
      if (config.totals.calls < 1000) await page.showAll();
      await page.axe(`${scheme}, everything open`);
      await page.close();
    }
    const page = await Page.open(browser, config, { width: 360 });
    await page.axe('360 wide');
    await page.close();
  },

  async zones() {
    const texts = [];
    for (const zone of ['Pacific/Kiritimati', 'America/Los_Angeles']) {
      const page = await Page.open(browser, config, { zone });
      await page.showAll();
      texts.push(await page.text('main'));
      await page.close();
    }
    assert.equal(texts[0], texts[1], 'the browser’s zone has no say');
    const page = await Page.open(browser, config, { locale: 'de-DE' });
    assert.equal(await page.value('total-cost'), config.totals.totalCostExact);
    assert.match(await page.text('#total-cost'), /^[\d.]+,\d+\s\$$/, 'dollars as Germans write them');
    await page.close();
  },

  async names() {
    const page = await Page.open(browser, config);
    await page.showAll();
    assert.equal(await page.page.evaluate(() => globalThis.pwned), undefined);
    const counts = await page.page.evaluate(() => ['script', 'style', 'img', 'iframe', 'svg image', 'a', 'link', 'base', 'object'].map((tag) => document.querySelectorAll(tag).length));
    assert.deepEqual(counts, [2, 1, 0, 0, 0, 1, 0, 0, 0]);
    const titles = await page.page.$$eval('.name', (names) => names.map((name) => name.title));
    for (const name of config.names) assert.ok(titles.includes(name), `${JSON.stringify(name)} is not shown as it is`);
    for (const name of config.hidden ?? []) assert.ok(!(await page.page.content()).includes(name), `${name} is on the page`);
    await page.close();
  },

  async plain() {
    const page = await Page.open(browser, config, { script: false });
    assert.match(await page.text('noscript'), /Altogether: \$[\d,.]+ for [\d,]+ calls/);
    await page.close();
  },

  async speed() {
    const page = await Page.open(browser, config);
    // Not how long it takes on this machine today, but that it ends.
    const [first] = config.filters;
    for (const [id, title] of Object.entries(first.choose)) await page.select(`filter-${id}`, title);
    assert.equal(await page.value('total-cost'), first.totals.totalCostExact);
    await page.close();
  },
};

let failed = null;
try {
  for (const name of config.checks) {
    const started = Date.now();
    await checks[name]();
    process.stdout.write(`${name}\t${Date.now() - started}\n`);
  }
} catch (error) {
  failed = error;
} finally {
  await browser.close();
}
if (failed) {
  process.stderr.write(`${failed.stack}\n`);
  process.exitCode = 1;
}
