import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { renderSlackPreview } from './render-slack-preview.ts';

const root = join(import.meta.dirname, '../..');
const golden = join(root, 'packages/worker/src/channels/golden');
const output = join(root, 'test/output/alerts');
const run = promisify(execFile);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'];
/** Pages that are photographed; the others are written as HTML only, to keep this short. */
const PHOTOGRAPHED = ['volume-slack', 'volume-mail', 'pipeline_gap-mail', 'model_drift-slack'];

function findChromium(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  const named = ['chromium', 'chromium-browser', 'google-chrome'];
  const candidates = named.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env.CHROMIUM_PATH ?? '', ...candidates].find(
    (path) => path !== '' && existsSync(path),
  );
}

/** Writes the rendered alerts of every rule, as Slack and as mail, and gives their pages. */
function writePages(): readonly string[] {
  mkdirSync(output, { recursive: true });
  return readdirSync(golden).flatMap((rule) => {
    const blocks = readFileSync(join(golden, rule, 'slack.json'), 'utf8');
    const message: unknown = JSON.parse(blocks);
    const list =
      typeof message === 'object' && message !== null && 'blocks' in message ? message.blocks : [];
    writeFileSync(join(output, `${rule}-slack.json`), blocks);
    writeFileSync(
      join(output, `${rule}-slack.html`),
      renderSlackPreview(Array.isArray(list) ? list : []),
    );
    writeFileSync(join(output, `${rule}-mail.html`), readFileSync(join(golden, rule, 'mail.html')));
    return [`${rule}-slack`, `${rule}-mail`];
  });
}

test('the alerts of every rule are written as Slack and as mail, and some photographed', async ({
  skip,
}) => {
  expect(writePages()).toHaveLength(18);
  const chromium = findChromium();
  if (chromium === undefined) {
    if (process.env.CI === 'true') throw new Error('no Chromium: set CHROMIUM_PATH');
    skip('no Chromium, so no pictures: set CHROMIUM_PATH');
    return;
  }
  for (const name of PHOTOGRAPHED) {
    const picture = join(output, `${name}.png`);
    const page = pathToFileURL(join(output, `${name}.html`)).href;
    await run(chromium, [...FLAGS, '--window-size=760,820', `--screenshot=${picture}`, page]);
    expect(existsSync(picture)).toBe(true);
  }
}, 60_000);
