import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildPage, findChromium, OUTPUT, openPage, startBrowser } from './browser.test-kit.ts';
import { type FixtureServer, startFixtureServer } from './fixture-server.test-kit.ts';
import {
  BUSY_OVERVIEW,
  createCalls,
  createSpend,
  EMPTY_OVERVIEW,
  SAMPLE_ALERTS,
} from './sample-data.test-kit.ts';

const CHROMIUM = findChromium(process.env);
const QUICK = { timeout: 60_000 };

describe.skipIf(CHROMIUM === undefined)('pages Alerts and Calls in Chromium', () => {
  let dist: string;
  let browser: Browser;
  let server: FixtureServer;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    dist = await buildPage('dist-other');
    browser = await startBrowser(CHROMIUM ?? '');
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    server = await startFixtureServer(dist, {
      overview: BUSY_OVERVIEW,
      alerts: SAMPLE_ALERTS,
      spend: createSpend,
      calls: createCalls,
      isHanging: false,
    });
    ({ page, complaints } = await openPage(browser));
  });
  afterEach(async () => {
    await page.context().close();
    await server.close();
  });

  test('the navigation goes from page to page without a new load, and Back returns', async () => {
    await page.goto(`${server.url}/?range=7d`);
    await page.getByRole('link', { name: 'Alerts 2 firing' }).click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor(QUICK);
    expect(page.url()).toBe(`${server.url}/?page=alerts&range=7d`);
    await page.getByRole('link', { name: 'Calls', exact: true }).click();
    await page.getByRole('heading', { name: /Most expensive calls/ }).waitFor(QUICK);
    await page.goBack();
    await page.goBack();
    await page.getByRole('heading', { name: /Spend over time/ }).waitFor(QUICK);
    expect(server.asked.filter((path) => path === '/api/v1/live')).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  test('an alert has an address, at which its explanation is open', async () => {
    await page.goto(`${server.url}/?page=alerts&range=24h#inc-2`);
    await page.getByText('Check what is put into the prompt.').waitFor(QUICK);
    expect(await page.getByText('rate-limit it or switch its flag off').isVisible()).toBe(false);
    await page.getByRole('link', { name: /smart-reply calls are 10 times/ }).click();
    await page.getByText('rate-limit it or switch its flag off').waitFor(QUICK);
    expect(complaints).toEqual([]);
  });

  test('a feature of the table leads to its calls, and a call to its facts', async () => {
    await page.goto(`${server.url}/`);
    await page.getByRole('link', { name: 'document-summary' }).click();
    const filter = page.getByRole('button', {
      name: 'Remove the filter: feature document-summary',
    });
    await filter.waitFor(QUICK);
    const rows = page.locator('.call-table tbody tr');
    await rows.first().waitFor(QUICK);
    const features = await page.locator('.call-table tbody td:nth-child(3)').allTextContents();
    expect(new Set(features)).toEqual(new Set(['document-summary']));
    await page.locator('.call-open').first().focus();
    await page.keyboard.press('Enter');
    await page.getByText('customer-care').waitFor(QUICK);
    await filter.click();
    await page.waitForURL(`${server.url}/?page=calls`, QUICK);
    expect(complaints).toEqual([]);
  });

  test('an alert leads to the calls behind it', async () => {
    await page.goto(`${server.url}/?page=alerts`);
    await page.getByRole('link', { name: 'Its most expensive calls' }).click();
    await page.getByRole('button', { name: /feature smart-reply/ }).waitFor(QUICK);
    expect(new URL(page.url()).search).toBe('?page=calls&feature=smart-reply');
  });

  test('an open alert can be acted on, and a refusal is said', async () => {
    await page.goto(`${server.url}/?page=alerts&range=24h#inc-2`);
    await page.getByRole('button', { name: 'Acknowledge' }).first().waitFor(QUICK);
    const open = page.locator('#inc-2');
    await open.getByRole('button', { name: 'Acknowledge' }).click();
    await open.getByText('No such path: /api/v1/incidents/inc-2/acknowledge').waitFor(QUICK);
    await open.getByRole('button', { name: 'Snooze 1 h' }).click();
    await open.getByText('No such path: /api/v1/incidents/inc-2/snooze').waitFor(QUICK);
    const acted = server.asked.filter((path) => path.startsWith('/api/v1/incidents'));
    expect(acted).toEqual([
      '/api/v1/incidents/inc-2/acknowledge',
      '/api/v1/incidents/inc-2/snooze',
    ]);
  });

  test('a link with a stretch of time shows that one, until it is taken away', async () => {
    const asked = page.waitForRequest(/spend\?.*from=1791546360000&to=1791550800000&step=60/);
    await page.goto(`${server.url}/?from=1791546360000&to=1791550800000`);
    await asked;
    await page.getByRole('button', { name: 'Remove the fixed time range' }).click();
    await page.waitForURL(`${server.url}/`, QUICK);
    expect(await page.getByRole('radio', { name: '6h' }).isChecked()).toBe(true);
  });

  test('an alert leads to its runbook', async () => {
    await page.goto(`${server.url}/?page=alerts`);
    const link = page.getByRole('link', { name: 'What to do' }).first();
    expect(await link.getAttribute('href')).toMatch(/^\/runbooks\/[a-z-]+$/);
  });

  test('a long name hides no column of the calls', async () => {
    const feature = 'x'.repeat(300);
    server.state.calls = (url) => createCalls(url).map((row) => ({ ...row, feature }));
    await page.goto(`${server.url}/?page=calls`);
    await page.locator('.call-table tbody tr').first().waitFor(QUICK);
    const hidden = await page
      .locator('.table-scroll')
      .evaluate((table) => table.scrollWidth - table.clientWidth);
    expect(hidden).toBe(0);
  });

  test('Explore compares models, by its URL and by hand, also before the first call', async () => {
    server.state.overview = EMPTY_OVERVIEW;
    await page.goto(
      `${server.url}/?page=explore&model=openai%2Fgpt-4o&model=openai%2Fgpt-4o-mini&calls=100000&input=1000&output=500`,
    );
    // The article: 0.0125 USD a call, 37,500 a month; the small model costs 1,350.
    const row = (id: string) => page.getByRole('row', { name: new RegExp(`^${id} `) });
    await row('openai/gpt-4o').getByText('$37,500.00').waitFor(QUICK);
    await row('openai/gpt-4o-mini').getByText('−$36,150.00').waitFor(QUICK);
    await page.getByLabel('Output tokens of a call').fill('1000');
    await row('openai/gpt-4o').getByText('$60,000.00').waitFor(QUICK);
    await page.getByLabel('Another model').fill('anthropic/claude-sonnet-4-5');
    await page.keyboard.press('Enter');
    await row('anthropic/claude-sonnet-4-5').getByText('−$6,000.00').waitFor(QUICK);
    await page.getByRole('button', { name: 'Remove openai/gpt-4o-mini' }).click();
    await page.waitForURL(/model=openai%2Fgpt-4o&model=anthropic.*output=1000/, QUICK);
    await page.getByLabel('Volume warns at').fill('180');
    await page.getByText('warningRatio: 1.8').waitFor(QUICK);
    const board = await page.request.get(`${server.url}/templates/token-spend.json`);
    expect(await board.json()).toHaveProperty('title', 'Token spend (template)');
    expect(complaints).toEqual([]);
  });

  test('an unpriced call says so, and the latest calls come first when asked', async () => {
    await page.goto(`${server.url}/?page=calls&order=recent`);
    await page.getByRole('heading', { name: /Latest calls/ }).waitFor(QUICK);
    const row = page.getByRole('row', { name: /gpt-6-preview/ });
    await row.waitFor(QUICK);
    expect(await row.textContent()).toContain('unpriced');
    const asked = server.asked.filter((path) => path.startsWith('/api/v1/calls'));
    expect(asked[0]).toMatch(/^\/api\/v1\/calls\?order=recent&limit=100&from=\d+$/);
  });

  test.for([
    { path: '/?page=alerts&range=24h', name: 'alerts', colorScheme: 'light', width: 1440 },
    { path: '/?page=alerts&range=24h', name: 'alerts', colorScheme: 'dark', width: 400 },
    { path: '/?page=explore', name: 'explore', colorScheme: 'light', width: 400 },
    { path: '/?page=calls', name: 'calls', colorScheme: 'dark', width: 1440 },
    { path: '/?page=calls&feature=smart-reply', name: 'calls', colorScheme: 'light', width: 400 },
  ] as const)('$name in $colorScheme at $width px fits, without a complaint', async (look) => {
    const opened = await openPage(browser, {
      viewport: { width: look.width, height: 960 },
      colorScheme: look.colorScheme,
      reducedMotion: 'reduce',
    });
    await opened.page.goto(`${server.url}${look.path}`);
    await opened.page.waitForSelector('.lane, .call-table, .estimate-table', QUICK);
    const path = join(OUTPUT, `${look.name}-${look.colorScheme}-${look.width}.png`);
    await opened.page
      .locator('.call-open')
      .first()
      .click({ timeout: 500 })
      .catch(() => undefined);
    await opened.page.screenshot({ path });
    const overflow = await opened.page.evaluate(
      () => document.documentElement.scrollWidth - innerWidth,
    );
    await opened.page.context().close();
    expect(overflow).toBeLessThanOrEqual(0);
    expect(opened.complaints).toEqual([]);
  });
});
