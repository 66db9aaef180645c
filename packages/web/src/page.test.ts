import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  buildPage,
  findChromium,
  OUTPUT,
  openPage,
  readBuilt,
  startBrowser,
} from './browser.test-kit.ts';
import { type FixtureServer, startFixtureServer } from './fixture-server.test-kit.ts';
import {
  BUSY_OVERVIEW,
  createCalls,
  createSpend,
  EMPTY_OVERVIEW,
  SAMPLE_ALERTS,
} from './sample-data.test-kit.ts';

let dist = '';
const CHROMIUM = findChromium(process.env);
const WHY_SKIPPED = 'no Chromium: install one (`apt-get install chromium`) or set CHROMIUM_PATH';
const QUICK = { timeout: 60_000 };

beforeAll(async () => {
  dist = await buildPage('dist-live');
});

describe('built page', () => {
  test('all that the browser loads is below 60 kB gzipped', () => {
    const names = readdirSync(dist, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const bytes = names.map((name) => gzipSync(readBuilt('', name)).length);
    expect(names.length).toBeGreaterThan(2);
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(60_000);
  });

  test('index.html has no inline script or style and loads nothing from outside', () => {
    const html = readBuilt(dist, 'index.html');
    expect(html).not.toMatch(
      /<style|style="|<script(?![^>]*src="\/)|(?:src|href)="(?:https?:)?\/\//,
    );
  });
});

test('a browser is there to test the page in', (context) => {
  context.skip(CHROMIUM === undefined && process.env.CI !== 'true', WHY_SKIPPED);
  expect(CHROMIUM, WHY_SKIPPED).toBeDefined();
});

describe.skipIf(CHROMIUM === undefined)('page Live in Chromium', () => {
  let browser: Browser;
  let server: FixtureServer;
  let page: Page;
  let complaints: readonly string[];

  async function open(path = '/'): Promise<void> {
    await page.goto(`${server.url}${path}`);
  }

  beforeAll(async () => {
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

  test('shows spend, burn, unpriced, coverage, alerts and where the figures come from', async () => {
    await open();
    await page.waitForSelector('.u-over', QUICK);
    const text = await page.locator('#app').textContent();
    for (const words of [
      '$184.04',
      '52 % up vs last Friday, $121.30',
      '$96.41 / h',
      '69.3 % of $4,500.00',
      'about $4,810.50 by 30 Nov',
      '12,408',
      'not in the spend figures',
      '22 of 12,430 not metered',
      'Includes seeded data',
      'Times in Europe/Berlin',
      '2026-11-18+genai-prices.0.0.41',
      'house-blend-70b-instruct',
      '2 firing',
      'Critical',
      'since 15:04 · 21 min',
    ]) {
      expect(text).toContain(words);
    }
    expect(await page.title()).toBe('(2) $184.04 today · Tokenmeter');
    expect(complaints).toEqual([]);
  });

  // A machine that is busy with something else may break a promise of time once.
  test('an event of the stream is on the page within a second, tiles and table', {
    retry: 2,
  }, async () => {
    await open();
    await page.waitForSelector('.spend-table', QUICK);
    const start = performance.now();
    server.state.spend = (url) => {
      const spend = createSpend(url);
      const series = spend.series.map((one) => ({ ...one, key: `new-${one.key}` }));
      return { ...spend, series };
    };
    server.state.overview = { ...BUSY_OVERVIEW, today: { ...BUSY_OVERVIEW.today, usd: 185.5 } };
    server.send({ kind: 'overview', value: server.state.overview });
    await page.getByText('$185.50').first().waitFor(QUICK);
    const tileMs = performance.now() - start;
    await page.getByRole('rowheader', { name: 'new-smart-reply' }).waitFor(QUICK);
    const tableMs = performance.now() - start;
    expect(tileMs).toBeLessThan(1000);
    expect(tableMs).toBeLessThan(1000);
  });

  test('a new alert appears by itself', async () => {
    server.state.alerts = [];
    await open();
    await page.getByText('Nothing has left its pattern').waitFor(QUICK);
    server.send({ kind: 'alerts', value: SAMPLE_ALERTS });
    await page.getByText('smart-reply calls are 10 times the usual volume').waitFor(QUICK);
  });

  test('before the first call it says how to send one, and turns over at the first data', async () => {
    server.state.overview = EMPTY_OVERVIEW;
    server.state.alerts = [];
    await open();
    await page.getByText('Waiting for the first call').waitFor(QUICK);
    expect(await page.locator('.copy-line code').textContent()).toBe(
      `OTEL_EXPORTER_OTLP_ENDPOINT=${server.url} node --import @tokenmeter/node app.js`,
    );
    await page.screenshot({ path: join(OUTPUT, 'empty.png') });
    server.state.overview = BUSY_OVERVIEW;
    server.send({ kind: 'overview', value: BUSY_OVERVIEW });
    await page.getByText('$184.04').first().waitFor(QUICK);
    await page.waitForSelector('.u-over', QUICK);
    expect(complaints).toEqual([]);
  });

  test('while the first answer is on its way it shows the shape of the page', async () => {
    server.state.isHanging = true;
    await open();
    await page.getByRole('status', { name: 'Loading' }).waitFor(QUICK);
    await page.screenshot({ path: join(OUTPUT, 'loading.png') });
  });

  test('an error names its cause and fix, and the page comes back by itself', async () => {
    server.state.failure = {
      status: 500,
      error: 'The ledger is locked.',
      hint: 'Stop the other one.',
    };
    await open();
    await page.getByText('The ledger is locked.').waitFor(QUICK);
    await page.getByText('Stop the other one.').waitFor(QUICK);
    await page.screenshot({ path: join(OUTPUT, 'error.png') });
    delete server.state.failure;
    await page.getByText('$184.04').first().waitFor({ timeout: 60_000 });
  });

  test('when the stream is lost it says since when, keeps the figures, and recovers', async () => {
    await open();
    await page.getByText('Up to date').waitFor(QUICK);
    server.dropStreams(true);
    await page.getByText(/Stale since \d\d:\d\d:\d\d/).waitFor(QUICK);
    expect(await page.getByText('$184.04').count()).toBe(1);
    await page.screenshot({ path: join(OUTPUT, 'stale.png') });
    server.dropStreams(false);
    await page.getByText('Up to date').waitFor({ timeout: 60_000 });
  });

  test('the URL holds the view, and Back returns to the one before', async () => {
    await open('/?range=24h&by=model');
    await page.getByRole('rowheader', { name: 'claude-sonnet-4-5' }).waitFor(QUICK);
    expect(await page.getByRole('radio', { name: '24h' }).isChecked()).toBe(true);
    await page.getByRole('radio', { name: '1h' }).check({ force: true });
    await page.waitForURL(/range=1h&by=model/, QUICK);
    await page.goBack();
    expect(await page.getByRole('radio', { name: '24h' }).isChecked()).toBe(true);
  });

  test('an unpriced key never shows as money', async () => {
    await open('/?by=model');
    const row = page.getByRole('row', { name: /house-blend/ });
    await row.waitFor(QUICK);
    expect(await row.textContent()).toContain('unpriced');
    expect(await row.textContent()).not.toContain('$');
  });

  test('switches, chart and alerts work from the keyboard alone', async () => {
    await open('/?range=6h&by=feature');
    const chart = page.getByRole('slider');
    await chart.waitFor(QUICK);
    await page.getByRole('radio', { name: 'feature' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/by=model/, QUICK);
    await page.getByRole('rowheader', { name: 'gpt-4o', exact: true }).waitFor(QUICK);

    await chart.focus();
    await page.keyboard.press('End');
    const last = await chart.getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowLeft');
    expect(await chart.getAttribute('aria-valuetext')).toContain('15:20 – 15:25: $');
    expect(last).toContain('15:25 – 15:30: $');
    expect(await page.locator('.chart-tip').count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(await page.locator('.chart-tip').count()).toBe(0);

    await page.locator('.alert summary').first().focus();
    await page.keyboard.press('Enter');
    await page.getByText('rate-limit it or switch its flag off').waitFor(QUICK);
    expect(complaints).toEqual([]);
  });

  test('long names leave the table its shape on a phone, and what is in other opens', async () => {
    const name = (index: number) => `feature-${index}-${'long-name-'.repeat(8)}`;
    server.state.spend = (url) => {
      const spend = createSpend(url);
      const series = spend.series.map((one, index) => ({
        ...one,
        key: name(index),
        totalUsd: 1e5,
      }));
      const rest = [{ key: 'small-one', totalUsd: 0.5, totalCalls: 2, totalUnpricedCalls: 0 }];
      return { ...spend, series, rest };
    };
    await page.setViewportSize({ width: 360, height: 800 });
    await open();
    const row = page.locator('.spend-table tbody tr').first();
    await row.waitFor(QUICK);
    // Two lines of 13 px text and their padding.
    expect((await row.boundingBox())?.height).toBeLessThan(70);
    expect(await row.getByRole('link').getAttribute('title')).toBe(name(0));
    await page.getByRole('button', { name: 'Show the 1 largest of other' }).click();
    await page.getByRole('rowheader', { name: 'small-one' }).waitFor(QUICK);
    expect(complaints).toEqual([]);
  });

  test.for([
    { colorScheme: 'light', width: 1440 },
    { colorScheme: 'dark', width: 1440 },
    { colorScheme: 'light', width: 400 },
    { colorScheme: 'dark', width: 400 },
  ] as const)('$colorScheme at $width px fits, without a complaint', async (look) => {
    const opened = await openPage(browser, {
      viewport: { width: look.width, height: 960 },
      colorScheme: look.colorScheme,
      reducedMotion: 'reduce',
    });
    await opened.page.goto(`${server.url}/?range=24h&by=feature`);
    await opened.page.waitForSelector('.u-over', QUICK);
    await opened.page.evaluate(() => document.fonts.ready);
    const path = join(OUTPUT, `live-${look.colorScheme}-${look.width}.png`);
    await opened.page.screenshot({ path, fullPage: true });
    const overflow = await opened.page.evaluate(
      () => document.documentElement.scrollWidth - innerWidth,
    );
    await opened.page.context().close();
    expect(overflow).toBeLessThanOrEqual(0);
    expect(opened.complaints).toEqual([]);
  });
});
