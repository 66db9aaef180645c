import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { jsonLines, makeDesk } from './make-desk.ts';

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
