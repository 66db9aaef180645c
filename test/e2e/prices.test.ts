import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finished, makeFolder, runTokenmeter } from './run-process.ts';

/** A folder in which commands run, with a price cache of its own. */
async function makeDesk() {
  const folder = await makeFolder();
  const run = (args: readonly string[], input = ''): Promise<Finished> =>
    runTokenmeter(args, { cwd: folder.path, env: { XDG_CACHE_HOME: folder.path }, input });
  return {
    path: folder.path,
    run,
    write: (name: string, text: string) => writeFile(join(folder.path, name), text),
    async json(args: readonly string[]): Promise<Record<string, unknown>> {
      const { stdout, stderr } = await run([...args, '--json']);
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

const CHAT = { provider: 'openai', model: 'gpt-4o', timestamp: '2026-11-01T00:00:00Z' };

describe('price --stdin', () => {
  // USD 2.50 in, 1.25 cached, 10 out per million tokens: openai.com/api/pricing (2026-11-20).
  test('prices wire usage, our classes and totals of one call to the same figure', async () => {
    await using desk = await makeDesk();
    const lines = [
      {
        ...CHAT,
        id: 1,
        api: 'openai.chat',
        usage: {
          prompt_tokens: 1000,
          completion_tokens: 500,
          total_tokens: 1500,
          prompt_tokens_details: { cached_tokens: 200 },
        },
      },
      { ...CHAT, id: 2, usage: { input: 800, cache_read: 200, output: 500 } },
      {
        ...CHAT,
        id: 3,
        semantics: 'inclusive',
        usage: { input_tokens: 1000, cache_read_tokens: 200, output_tokens: 500 },
      },
      {
        ...CHAT,
        id: 4,
        semantics: 'exclusive',
        usage: { input_tokens: 800, cache_read_tokens: 200, output_tokens: 500 },
      },
    ];
    const input = lines.map((line) => JSON.stringify(line)).join('\n');
    const { stdout, stderr, code } = await desk.run(['price', '--stdin'], input);
    const want = {
      cost_usd: 0.007_25,
      source: 'snapshot',
      book: expect.stringMatching(/^\d{4}-\d{2}-\d{2}\+[0-9a-f]{8}$/),
      row: 'openai/gpt-4o',
      classes: { input: 800, cache_read: 200, output: 500 },
      costs: { input: 0.002, cache_read: 0.000_25, output: 0.005 },
    };
    expect(jsonLines(stdout)).toEqual(lines.map(({ id }) => ({ id, ...want })));
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  test('goes on after malformed lines and ends with 1', async () => {
    await using desk = await makeDesk();
    const good = JSON.stringify({ ...CHAT, usage: { input: 1000 } });
    const input = `${good}\nnope\n${good}\n{"provider":"openai"}\n`;
    const { stdout, stderr, code } = await desk.run(['price', '--stdin'], input);
    expect(jsonLines(stdout).map((line) => line.line ?? line.cost_usd)).toEqual([
      0.0025, 2, 0.0025, 4,
    ]);
    expect(stderr).toContain('2 of 4 lines could not be read');
    expect(code).toBe(1);
  });

  test('prices 100,000 lines in seconds, in order', async () => {
    await using desk = await makeDesk();
    const calls = Array.from({ length: 100_000 }, (_, id) =>
      JSON.stringify({
        ...CHAT,
        id,
        api: 'openai.chat',
        usage: { prompt_tokens: 1000 + id, completion_tokens: 5, total_tokens: 1005 + id },
      }),
    );
    const { stdout, seconds, code } = await desk.run(['price', '--stdin'], calls.join('\n'));
    expect(jsonLines(stdout).every(({ id }, at) => id === at)).toBe(true);
    expect(stdout.split('\n')).toHaveLength(100_001);
    expect(code).toBe(0);
    // 1 s on an idle machine; the benchmark holds it to 3, and a busy machine may take its time.
    expect(seconds).toBeLessThan(20);
  });

  test.for([
    { note: 'a model beside --stdin', args: ['gpt-4o', '--stdin'], want: '--stdin takes no model' },
    { note: 'neither', args: [], want: 'no model given' },
  ])('$note is wrong usage', async ({ args, want }) => {
    await using desk = await makeDesk();
    const { stderr, code } = await desk.run(['price', ...args]);
    expect(stderr).toContain(want);
    expect(code).toBe(2);
  });
});

const CONTRACT = `name: contract
prices:
  - provider: openai
    model: gpt-4o
    multiplier: 0.8
  - model: house-*
    free: true
  - provider: azure
    deployment: prod
    base: openai/gpt-4o
`;

describe('prices check', () => {
  test('a YAML contract is read like JSON and discounts a call', async () => {
    await using desk = await makeDesk();
    await desk.write('contract.yaml', CONTRACT);
    const { stdout, code } = await desk.run(['prices', 'check', 'contract.yaml']);
    expect(stdout).toBe('contract.yaml: 3 prices · any provider, azure, openai\n');
    expect(code).toBe(0);
    const call = ['price', 'gpt-4o', '--input', '1000', '--prices', 'contract.yaml'];
    expect(await desk.json(call)).toMatchObject({ cost_usd: 0.002, source: 'user' });
  });

  test.for([
    {
      note: 'LiteLLM’s form',
      text: '{"gpt-x":{"litellm_provider":"openai","input_cost_per_token":1e-06}}',
    },
    {
      note: 'models.dev’s form',
      text: '{"openai":{"id":"openai","models":{"gpt-x":{"cost":{"input":1,"output":2}}}}}',
    },
  ])('$note is taken as it is', async ({ text }) => {
    await using desk = await makeDesk();
    await desk.write('file.json', text);
    const { stdout, code } = await desk.run(['prices', 'check', 'file.json', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      file: 'file.json',
      ok: true,
      prices: 1,
      providers: ['openai'],
    });
    expect(code).toBe(0);
  });

  test('every problem is told with its place, for people and for machines', async () => {
    await using desk = await makeDesk();
    await desk.write(
      'bad.yaml',
      'prices:\n  - model: a\n    rates: { input: -1 }\n  - model: b\n    base: openai/none\n    rate: 5\n',
    );
    const human = await desk.run(['prices', 'check', 'bad.yaml']);
    expect(human.stdout.split('\n').map((line) => line.split(': ')[0])).toEqual([
      'bad.yaml:2:5',
      'bad.yaml:3:21',
      'bad.yaml:6:11',
      '',
    ]);
    expect(human.code).toBe(1);
    const machine = await desk.run(['prices', 'check', 'bad.yaml', '--json']);
    expect(jsonLines(machine.stdout)[1]).toEqual({
      severity: 'error',
      file: 'bad.yaml',
      line: 3,
      column: 21,
      path: 'prices.0.rates.input',
      message: 'expected a number of USD from 0 to 1,000,000',
    });
  });

  test('a base without a price and a price in the wrong unit are seen', async () => {
    await using desk = await makeDesk();
    await desk.write('base.yaml', 'prices:\n  - model: b\n    base: openai/none\n');
    expect((await desk.run(['prices', 'check', 'base.yaml'])).stdout).toContain(
      'base.yaml:3:11: prices.0.base',
    );
    await desk.write(
      'unit.yaml',
      'prices:\n  - provider: openai\n    model: gpt-4o\n    rates: { input: 0.0000025 }\n',
    );
    const unit = await desk.run(['prices', 'check', 'unit.yaml']);
    expect(unit.stderr).toContain('is the unit right?');
    expect(unit.code).toBe(0);
  });

  const list = (model: string): string =>
    `{"prices":[{"model":${JSON.stringify(model)},"free":true}]}`;
  test.for([
    { note: 'deep nesting', name: 'f.json', text: `{"a":${'['.repeat(100_000)}`, place: '1:37' },
    { note: 'deep YAML', name: 'f.yaml', text: `a: ${'['.repeat(100_000)}`, place: '1:1' },
    { note: 'a prototype', name: 'f.json', text: '{"__proto__": {}}', place: '1:2' },
    { note: 'a prototype in YAML', name: 'f.yml', text: 'a:\n  __proto__: 1', place: '2:3' },
    { note: '1e400', name: 'f.json', text: '{"m":{"input_cost_per_token":1e400}}', place: '1:30' },
    { note: '1e400 in YAML', name: 'f.yaml', text: 'prices: 1e400', place: '1:9' },
    { note: 'duplicate keys', name: 'f.json', text: '{"a":1,\n"a":2}', place: '2:1' },
    { note: 'duplicate keys in YAML', name: 'f.yaml', text: 'a: 1\na: 2', place: '2:1' },
    { note: '10 MB', name: 'f.json', text: `"${'a'.repeat(10_000_000)}"`, place: '1:1' },
    { note: '10 MB of YAML', name: 'f.yaml', text: 'a: 1\n'.repeat(2_000_000), place: '1:1' },
    { note: '5 MB of YAML', name: 'f.yaml', text: 'a: 1\n'.repeat(1_000_000), place: '1:1' },
    { note: 'an alias bomb', name: 'f.yaml', text: 'a: &a [x]\nb: [*a, *a]\n', place: '2:5' },
    { note: 'bytes', name: 'f.bin', text: '\u0000\u0001\u00ff'.repeat(1000), place: '1:1' },
    { note: 'nothing', name: 'f.json', text: '', place: '1:1' },
    { note: 'no prices', name: 'f.yaml', text: 'hello', place: '1:1' },
  ])('$note is refused at its place and soon', async ({ name, text, place }) => {
    await using desk = await makeDesk();
    await desk.write(name, text);
    const { stdout, stderr, code, seconds } = await desk.run(['prices', 'check', name]);
    expect(`${stdout}${stderr}`).toContain(`${name}:${place}: `);
    expect(code).not.toBe(0);
    // Half a second of computing at most; a busy machine may take its time for the process.
    expect(seconds).toBeLessThan(10);
  });

  test('a pattern bomb costs no time', async () => {
    await using desk = await makeDesk();
    await desk.write('f.json', list(`${'a*'.repeat(400)}b`));
    const call = ['price', 'a'.repeat(500), '--input', '5', '--prices', 'f.json'];
    const { stderr, code, seconds } = await desk.run(call);
    expect(stderr).toContain('no price row matches');
    expect(code).toBe(1);
    expect(seconds).toBeLessThan(10);
  });
});

describe('what prices there are', () => {
  test('find lists models by parts of their names', async () => {
    await using desk = await makeDesk();
    const { stdout } = await desk.run(['prices', 'find', 'anthropic', 'sonnet-4-5', '--json']);
    expect(jsonLines(stdout)).toContainEqual(
      expect.objectContaining({
        id: 'anthropic/claude-sonnet-4-5',
        // platform.claude.com pricing (2026-11-20).
        usdPerMillionTokens: expect.objectContaining({ input: 3, cache_read: 0.3, output: 15 }),
      }),
    );
    const table = await desk.run(['prices', 'find', 'sonnet-4-5']);
    expect(table.stdout).toMatch(/anthropic\/claude-sonnet-4-5 +3 +0\.3 +15/);
  });

  test('show has rates, tiers, fees, modifiers and history', async () => {
    await using desk = await makeDesk();
    expect(await desk.json(['prices', 'show', 'claude-sonnet-4-5'])).toMatchObject({
      id: 'anthropic/claude-sonnet-4-5',
      layer: 'snapshot',
      isInForce: true,
      usdPerMillionTokens: { input: 3, cache_write_5m: 3.75, cache_write_1h: 6, output: 15 },
      usdPerRequest: { web_search: 0.01 },
      longContext: [{ aboveTokens: 200_000, usdPerMillionTokens: { input: 6, output: 22.5 } }],
      modifiers: [{ name: 'batch', usdPerMillionTokens: { input: 1.5, output: 7.5 } }],
    });
    // api-docs.deepseek.com/quick_start/pricing: 0.56 from 2025-09-05, 0.28 from 2025-09-29.
    const then = await desk.json(['prices', 'show', 'deepseek-chat', '--at', '2025-09-10']);
    expect(then).toMatchObject({ usdPerMillionTokens: { input: 0.56 } });
    const table = await desk.run(['prices', 'show', 'deepseek-chat']);
    expect(table.stdout).toMatch(/2025-09-05T16:00 +2025-09-29T00:00|2025-09-05T16:00 +0\.56/);
  });

  test('diff compares files and times', async () => {
    await using desk = await makeDesk();
    const file = (input: number): string =>
      JSON.stringify({ prices: [{ provider: 'openai', model: 'm', rates: { input } }] });
    await desk.write('old.json', file(1));
    await desk.write('new.json', file(1.5));
    const { stdout, stderr, code } = await desk.run(['prices', 'diff', 'old.json', 'new.json']);
    expect(stdout).toMatch(/openai\/m +input +1 +1\.5 +\+50 %/);
    expect(stderr).toContain('old.json → new.json');
    const since = await desk.run(['prices', 'diff', '--since', '2025-09-10', '--json']);
    expect(jsonLines(since.stdout)).toContainEqual({
      id: 'deepseek/deepseek-chat',
      what: 'input',
      beforeUsd: 0.56,
      afterUsd: expect.any(Number),
    });
    const archive = await desk.run(['prices', 'diff']);
    expect([code, since.code, archive.code]).toEqual([0, 0, 0]);
  });

  test('export writes what check and price take again', async () => {
    await using desk = await makeDesk();
    await desk.run(['prices', 'export', '--format', 'litellm', '--out', 'all.json']);
    const checked = await desk.run(['prices', 'check', 'all.json', '--json']);
    expect(jsonLines(checked.stdout).at(-1)).toMatchObject({ ok: true });
    const call = ['price', 'gpt-4o', '--input', '1000', '--replace', '--prices', 'all.json'];
    expect(await desk.json([...call, '--provider', 'openai'])).toMatchObject({ cost_usd: 0.0025 });
    const catalog = await desk.run(['prices', 'export', '--format', 'model-catalog']);
    const { models } = JSON.parse(catalog.stdout);
    expect(models).toContainEqual(
      expect.objectContaining({ id: 'openai/gpt-4o', refreshed: expect.stringMatching(/^\d{4}-/) }),
    );
  });

  test('schema is the published one', async () => {
    await using desk = await makeDesk();
    const { stdout } = await desk.run(['prices', 'schema']);
    const path = new URL('../../packages/pricing/schema/price-file.schema.json', import.meta.url);
    expect(stdout).toBe(await readFile(path, 'utf8'));
  });

  test.for([
    { args: ['prices', 'find', 'no-such-model'], code: 1, want: 'tokenmeter prices update' },
    { args: ['prices', 'show', 'gpt-4o-turbo-max'], code: 1, want: 'openai/gpt-4o' },
    { args: ['prices', 'show', 'gpt-4o', '--at', 'soon'], code: 2, want: '--at must be a time' },
    { args: ['prices', 'check', 'none.yaml'], code: 2, want: 'cannot be read' },
    { args: ['prices', 'diff', 'a', 'b', 'c'], code: 2, want: 'at most two files' },
    { args: ['prices', 'export', '--format', 'csv'], code: 2, want: 'litellm, model-catalog' },
    { args: ['prices', 'update', '--sha256', 'abc'], code: 2, want: '64 hexadecimal digits' },
    { args: ['prices', 'update', '--from', 'ftp://x'], code: 2, want: 'http or https' },
    { args: ['prices', 'update', '--from', 'http://example.com/x'], code: 2, want: '--sha256' },
  ])('$args ends with an error that names the fix', async ({ args, code, want }) => {
    await using desk = await makeDesk();
    const finished = await desk.run(args);
    expect(finished.stderr).toContain(want);
    expect(finished.code).toBe(code);
  });
});

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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('expected a port');
  const { port } = address;
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
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
