import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';

/** Where screenshots and the page built for the tests go; git-ignored. */
export const OUTPUT: string = join(import.meta.dirname, '../../../test/output/web');

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Finds a Chromium: CHROMIUM_PATH, then `chromium` on PATH, then /usr/bin/chromium; undefined when there is none. */
export function findChromium(
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const named = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/bin'];
  const candidates = named.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [env.CHROMIUM_PATH ?? '', ...candidates].find((path) => path !== '' && existsSync(path));
}

/** Builds the page from its sources into a folder of its own and gives that folder. */
export async function buildPage(name: string): Promise<string> {
  const folder = join(OUTPUT, name);
  await build({
    root: join(import.meta.dirname, '..'),
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  });
  return folder;
}

/** Starts the browser without a window. */
export function startBrowser(executablePath: string): Promise<Browser> {
  mkdirSync(OUTPUT, { recursive: true });
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A page and everything that it complained about: console errors, thrown errors, refused loads, policy violations. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens a page in a context of its own and collects its complaints. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}

/** Reads a file of the built page as text. */
export function readBuilt(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
