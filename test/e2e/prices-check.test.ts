import { describe, expect, test } from 'vitest';
import { jsonLines, makeDesk } from './make-desk.ts';

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
  ])('$note is refused at its place and soon', { retry: 2 }, async ({ name, text, place }) => {
    await using desk = await makeDesk();
    await desk.write(name, text);
    const { stdout, stderr, code, seconds } = await desk.run(['prices', 'check', name]);
    expect(`${stdout}${stderr}`).toContain(`${name}:${place}: `);
    expect(code).not.toBe(0);
    // Half a second of computing at most; a busy machine may take its time for the process.
    expect(seconds).toBeLessThan(10);
  });

  test('a pattern bomb costs no time', { retry: 2 }, async () => {
    await using desk = await makeDesk();
    await desk.write('f.json', list(`${'a*'.repeat(400)}b`));
    const call = ['price', 'a'.repeat(500), '--input', '5', '--prices', 'f.json'];
    const { stderr, code, seconds } = await desk.run(call);
    expect(stderr).toContain('no price row matches');
    expect(code).toBe(1);
    expect(seconds).toBeLessThan(10);
  });
});
