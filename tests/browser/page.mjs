// One page in one browser, watched: whatever it asks the network for, says on its console or is refused by its own
// policy is kept, and any of it fails the test.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PER_USD = 10n ** 12n;

export function launch(config) {
  return puppeteer.launch({
    executablePath: config.browser,
    headless: true,
    args: ['--no-sandbox', '--disable-extensions', '--disable-background-networking', '--no-first-run', '--lang=en-US'],
    env: { ...process.env, LANGUAGE: 'en_US', LC_ALL: 'C.UTF-8' },
  });
}

// A decimal of dollars as 1e-12 USD.
export function units(decimal) {
  const [, sign, whole, fraction] = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(decimal);
  const value = BigInt(whole) * PER_USD + BigInt((fraction ?? '').padEnd(12, '0'));
  return sign ? -value : value;
}

export class Page {
  constructor(page, config) {
    this.page = page;
    this.config = config;
    this.troubles = [];
  }

  static async open(browser, config, { width = 1280, height = 900, scheme = 'light', motion = 'no-preference', zone, locale, script = true } = {}) {
    const page = new Page(await browser.newPage(), config);
    const { page: tab } = page;
    tab.on('request', (request) => {
      // Icons of the browser's own controls come as data from inside the browser.
      if (!/^(file|data):/.test(request.url())) page.troubles.push(`asked the network for ${request.url()}`);
    });
    tab.on('console', (message) => page.troubles.push(`console: ${message.type()}: ${message.text()}`));
    tab.on('pageerror', (error) => page.troubles.push(`error: ${error.stack}`));
    const client = await tab.createCDPSession();
    await client.send('Log.enable');
    client.on('Log.entryAdded', ({ entry }) => page.troubles.push(`log: ${entry.level}: ${entry.text}`));
    await tab.evaluateOnNewDocument(() => {
      document.addEventListener('securitypolicyviolation', (event) => console.error(`refused ${event.violatedDirective}`));
    });
    // Not by `setOfflineMode`: what it asks for is another thing in each of Chromium's versions.
    await client.send('Network.enable');
    await client.send('Network.emulateNetworkConditions', { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }, { name: 'prefers-reduced-motion', value: motion }]);
    if (zone) await tab.emulateTimezone(zone);
    if (locale) await client.send('Emulation.setLocaleOverride', { locale });
    if (!script) await tab.setJavaScriptEnabled(false);
    await tab.setViewport({ width, height });
    await tab.goto(pathToFileURL(config.file).href);
    if (script) await tab.waitForSelector('html[data-ready]');
    return page;
  }

  async close() {
    const { troubles } = this;
    await this.page.close();
    assert.deepEqual(troubles, [], 'the page was not quiet');
  }

  value(id) {
    return this.page.$eval(`#${id}`, (element) => element.value);
  }

  text(selector) {
    return this.page.$eval(selector, (element) => element.textContent);
  }

  async select(id, title) {
    const value = await this.page.$$eval(`#${id} option`, (options, wanted) => options.find((option) => option.title === wanted || option.textContent === wanted)?.value, title);
    assert.notEqual(value, undefined, `${id} does not offer ${title}`);
    await this.page.select(`#${id}`, value);
  }

  async setDate(id, day) {
    await this.page.$eval(`#${id}`, (input, value) => {
      input.value = value;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }, day);
  }

  async reset() {
    if (await this.page.$eval('#reset', (button) => !button.disabled)) await this.page.click('#reset');
  }

  // The exact amounts of the elements a selector finds, added up.
  async sum(selector) {
    const values = await this.page.$$eval(selector, (elements) => elements.map((element) => element.value));
    return values.map(units).reduce((a, b) => a + b, 0n);
  }

  async showAll() {
    for (const button of await this.page.$$('.more[aria-expanded=false]')) {
      const id = await button.evaluate((element) => element.id);
      await this.page.$eval(`#${id}`, (element) => element.click());
    }
    for (const summary of await this.page.$$('.as-table:not([open]) summary')) await summary.evaluate((element) => element.click());
    await this.page.waitForFunction(() => [...document.querySelectorAll('.as-table')].every((details) => details.querySelector('table')));
  }

  // Every part of the page says what `totals`, of a report's JSON, says, to the last digit.
  async agrees(totals, what) {
    await this.showAll();
    const cost = units(totals.totalCostExact);
    assert.equal(await this.value('total-cost'), totals.totalCostExact, `${what}: total`);
    assert.equal(Number(await this.value('total-calls')), totals.calls, `${what}: calls`);
    assert.equal(Number(await this.value('total-tokens')), totals.totalTokens, `${what}: tokens`);
    const tables = await this.page.$$eval('table.names', (found) => found.map((table) => table.id));
    assert.ok(tables.includes('by-model') && tables.includes('by-session') && tables.length >= 4, String(tables));
    for (const id of tables) assert.equal(await this.sum(`#${id} tbody data`), cost, `${what}: ${id}`);
    assert.equal(await this.sum('#heat tbody data'), cost, `${what}: heat map`);
    assert.equal(await this.sum('#timeline-table tbody td:nth-child(3) data'), cost, `${what}: over time`);
    const parts = await this.page.$$eval('#certainty data', (found) => found.map((element) => element.value));
    assert.equal(parts[1], totals.unlistedCostExact, `${what}: unlisted`);
    assert.equal(parts[2], totals.estimatedCostExact, `${what}: estimated`);
  }

  async axe(what) {
    await this.page.evaluate(AXE);
    const found = await this.page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    assert.ok(found.passes.length > 20, 'the checker looked at little');
    const grave = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const told = grave.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')}`);
    assert.deepEqual(told, [], `accessibility, ${what}`);
  }

  async picture(name) {
    const { screenshots } = this.config;
    if (screenshots) await this.page.screenshot({ path: join(screenshots, `${this.config.name}-${name}.png`), fullPage: true });
  }
}
