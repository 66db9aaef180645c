import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeFolder, type RunningUp, runTokenmeter, startUp } from './run-process.ts';

async function said(up: RunningUp, pattern: RegExp): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!pattern.test(up.output())) {
    if (Date.now() > deadline) throw new Error(`expected ${pattern}, got ${up.output()}`);
    await sleep(50);
  }
}

const prices = (input: number): string =>
  JSON.stringify({ prices: [{ provider: 'openai', model: 'house', rates: { input } }] });

test('a running tokenmeter renews its prices, and goes on with the last good ones', async () => {
  await using folder = await makeFolder();
  let answer = { status: 500, body: 'not yet' };
  const server = createServer((_request, response) => {
    response.writeHead(answer.status).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const env = {
    XDG_CACHE_HOME: folder.path,
    TOKENMETER_REFRESH_PRICES: `http://127.0.0.1:${port}/prices.json`,
    TOKENMETER_REFRESH_EVERY: '1s',
  };
  await using up = await startUp(folder.path, { env });
  await said(
    up,
    /prices could not be renewed: .* answered 500.*\n {2}.*\n {2}the bundled prices stay/,
  );
  answer = { status: 200, body: prices(1) };
  await said(up, /new prices in force: \S+\+catalog-\d{4}-\d\d-\d\d-[0-9a-f]{8}/);
  answer = { status: 200, body: prices(2) };
  await said(up, /(new prices in force: [\s\S]*){2}/);
  answer = { status: 200, body: '<html>' };
  await said(up, /prices could not be renewed: \S+:1:1: /);
  const priced = await runTokenmeter(
    ['price', 'house', '--provider', 'openai', '--input', '1000000', '--json'],
    { env: { XDG_CACHE_HOME: folder.path } },
  );
  expect(JSON.parse(priced.stdout)).toMatchObject({ cost_usd: 2, source: 'catalog' });
  up.child.kill('SIGTERM');
  expect(await up.ended).toBe(0);
  server.close();
});

test('the book as OTTL: the literal on standard output, what it lacks on standard error', async () => {
  await using folder = await makeFolder();
  const options = { cwd: folder.path, env: { XDG_CACHE_HOME: folder.path } };
  const whole = await runTokenmeter(['prices', 'export', '--format', 'ottl'], options);
  expect(whole.stdout).toMatch(/^\{"#":\{"book":"\d{4}-\d\d-\d\d\+[0-9a-f]{8}",/);
  expect(whole.stdout).toContain('"gpt-4o":{"input":2500000,"cache_read":1250000,');
  expect({ stderr: whole.stderr, code: whole.code }).toEqual({ stderr: '', code: 0 });
  const file = `${folder.path}/mine.json`;
  await writeFile(file, prices(1).replace('house', 'ho$use'));
  const mine = await runTokenmeter(
    ['prices', 'export', '--format', 'ottl', '--prices', file, '--out', 'p.ottl'],
    options,
  );
  expect(mine.stderr).toBe(
    'left out: openai/ho$use, name "ho$use" (mine.json): its name holds a quote, a backslash, a dollar sign or a control character\n',
  );
  expect(mine.stdout).toContain('p.ottl · ottl · price book ');
  expect(mine.code).toBe(0);
});
