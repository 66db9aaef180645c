import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { listen } from '@tokenmeter/testkit';
import { describe, expect, test } from 'vitest';
import { makeDesk } from './make-desk.ts';

/** A price server whose answers a test sets. */
async function startPriceServer() {
  let body = '';
  let status = 200;
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
    seen.push(request.headers['if-none-match']);
    if (status === 200 && request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    response.writeHead(status, { etag, 'content-type': 'application/json' }).end(body);
  });
  const { port, stop } = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/prices.json`,
    seen,
    answer(text: string, code = 200): string {
      body = text;
      status = code;
      return createHash('sha256').update(text).digest('hex');
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function litellm(input: Readonly<Record<string, number>>): string {
  const entries = Object.entries(input).map(([model, usd]) => [
    model,
    {
      litellm_provider: 'openai',
      input_cost_per_token: usd / 1e6,
      cache_read_input_token_cost: usd / 2e6,
      output_cost_per_token: 10e-6,
    },
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

describe('prices update', () => {
  const call = (model: string) => ['price', model, '--provider', 'openai', '--input', '1000000'];

  test('fetched prices are in force for calls from that day on and named in the book', async () => {
    await using desk = await makeDesk();
    await using server = await startPriceServer();
    const sha256 = server.answer(litellm({ 'gpt-4o': 2, 'brand-new': 7 }));
    const update = await desk.json(['prices', 'update', '--from', server.url, '--sha256', sha256]);
    expect(update).toMatchObject({ result: 'updated', sha256, prices: 2, held: [] });
    expect(await desk.json(call('gpt-4o'))).toMatchObject({
      cost_usd: 2,
      source: 'catalog',
      book: expect.stringContaining(`+catalog-`),
    });
    const past = await desk.json([...call('gpt-4o'), '--at', '2026-03-01']);
    expect(past).toMatchObject({ cost_usd: 2.5, source: 'snapshot' });
    const first = await desk.json([...call('brand-new'), '--at', '2026-03-01']);
    expect(first).toMatchObject({ cost_usd: 7, source: 'catalog' });
  });

  test('the ETag is kept: unchanged content is not sent again', async () => {
    await using desk = await makeDesk();
    await using server = await startPriceServer();
    server.answer(litellm({ 'brand-new': 7 }));
    await desk.run(['prices', 'update', '--from', server.url]);
    expect(await desk.json(['prices', 'update'])).toMatchObject({ result: 'unchanged', prices: 1 });
    expect(server.seen).toEqual([undefined, expect.stringMatching(/^"[0-9a-f]{64}"$/)]);
  });

  test('a jump of more than five times waits for a person', async () => {
    await using desk = await makeDesk();
    await using server = await startPriceServer();
    server.answer(litellm({ 'gpt-4o': 25, 'gpt-4.1': 1.5 }));
    const held = await desk.run(['prices', 'update', '--from', server.url]);
    expect(held.stderr).toMatch(/openai\/gpt-4o +input +2\.5 +25 +\+900 %/);
    expect(held.stderr).toContain('--accept-jumps');
    expect(await desk.json(call('gpt-4o'))).toMatchObject({ cost_usd: 2.5, source: 'snapshot' });
    expect(await desk.json(call('gpt-4.1'))).toMatchObject({ cost_usd: 1.5, source: 'catalog' });
    expect(await desk.json(['prices', 'update'])).toMatchObject({
      result: 'unchanged',
      held: expect.arrayContaining([
        { id: 'openai/gpt-4o', what: 'input', beforeUsd: 2.5, afterUsd: 25 },
      ]),
    });
    await desk.run(['prices', 'update', '--accept-jumps']);
    expect(await desk.json(call('gpt-4o'))).toMatchObject({ cost_usd: 25, source: 'catalog' });
  });

  test.for([
    { note: 'a server error', body: 'no', status: 500, args: [], want: 'answered 500' },
    { note: 'a missing page', body: 'no', status: 404, args: [], want: 'answered 404' },
    {
      note: 'another hash than the pinned one',
      body: litellm({ 'brand-new': 9 }),
      status: 200,
      args: ['--sha256', '0'.repeat(64)],
      want: 'expected content with SHA-256 0000',
    },
    {
      note: '10 MB',
      body: `{"a":"${'a'.repeat(10_000_000)}"}`,
      status: 200,
      args: [],
      want: 'expected at most 8000000 bytes',
    },
    { note: 'a page of HTML', body: '<html>', status: 200, args: [], want: 'prices.json:1:1: ' },
    { note: 'an empty list', body: '{"prices":[]}', status: 200, args: [], want: 'has no prices' },
    {
      note: 'a price that is none',
      body: '{"m":{"litellm_provider":"openai",\n"input_cost_per_token":-1}}',
      status: 200,
      args: [],
      want: 'prices.json:2:24: m.input_cost_per_token',
    },
  ])('after $note the last good copy stays in force', async ({ body, status, args, want }) => {
    await using desk = await makeDesk();
    await using server = await startPriceServer();
    server.answer(litellm({ 'brand-new': 7 }));
    await desk.run(['prices', 'update', '--from', server.url]);
    server.answer(body, status);
    const failed = await desk.run(['prices', 'update', ...args]);
    expect(failed.stderr).toContain(want);
    expect(failed.stderr).toMatch(/the copy of \d{4}-\d{2}-\d{2} stays in force/);
    expect(failed.code).toBe(1);
    expect(await desk.json(call('brand-new'))).toMatchObject({ cost_usd: 7, source: 'catalog' });
  });

  test('without a network the last good copy is used, and that is said', async () => {
    await using desk = await makeDesk();
    await using server = await startPriceServer();
    server.answer(litellm({ 'brand-new': 7 }));
    await desk.run(['prices', 'update', '--from', server.url]);
    await server.stop();
    const offline = await desk.run(['prices', 'update']);
    expect(offline.stderr).toMatch(
      /cannot be reached \(ECONNREFUSED\); the copy of .* stays in force/,
    );
    expect(offline.code).toBe(0);
    expect(await desk.json(call('brand-new'))).toMatchObject({ cost_usd: 7, source: 'catalog' });
  });

  test('without a network and a copy the bundled prices stay, and the command fails', async () => {
    await using desk = await makeDesk();
    await using server = await startPriceServer();
    await server.stop();
    const offline = await desk.run(['prices', 'update', '--from', server.url]);
    expect(offline.stderr).toContain('the bundled prices stay in force');
    expect(offline.code).toBe(1);
  });

  test('a damaged copy is not used, and that is said', async () => {
    await using desk = await makeDesk();
    await desk.write('prices.json', litellm({ 'gpt-4o': 2 }));
    await desk.run(['prices', 'update', '--from', 'prices.json']);
    const path = join(desk.path, 'tokenmeter', 'prices', 'catalog.ndjson');
    const kept = await readFile(path, 'utf8');
    await writeFile(path, kept.replace('"input":2000000', '"input":1000000'));
    const { stdout, stderr } = await desk.run([...call('gpt-4o'), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ cost_usd: 2.5, source: 'snapshot' });
    expect(stderr).toContain('damaged');
  });
});
