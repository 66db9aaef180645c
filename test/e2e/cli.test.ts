import { describe, expect, test } from 'vitest';
import { makeFolder, runTokenmeter } from './run-process.ts';

describe('tokenmeter on the command line', () => {
  test('--version prints a version and nothing else', async () => {
    const { stdout, stderr, code } = await runTokenmeter(['--version']);
    expect({ stdout, stderr, code }).toEqual({
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
      code: 0,
    });
  });

  test.for([
    { args: ['--help'], want: ['up', 'price', 'sql', 'alerts'] },
    { args: ['up', '--help'], want: ['--data', '--port', '--time-zone'] },
    { args: ['alerts', 'test', '--help'], want: ['TOKENMETER_WEBHOOK_URL'] },
  ])('$args says what there is', async ({ args, want }) => {
    const { stdout, code } = await runTokenmeter(args);
    for (const word of want) expect(stdout).toContain(word);
    expect(code).toBe(0);
  });

  test('the article’s call costs $0.0125 with the article’s prices', async () => {
    const { stdout, code } = await runTokenmeter([
      'price',
      'gpt-4o',
      ...['--provider', 'openai', '--input', '1000', '--output', '500', '--json', '--replace'],
      ...['--prices', 'examples/prices/article.json'],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      cost_usd: 0.0125,
      source: 'user',
      classes: { input: 1000, output: 500 },
      costs: { input: 0.005, output: 0.0075 },
    });
    expect(code).toBe(0);
  });

  test('today’s gpt-4o costs 2.50 and 10 USD per million tokens', async () => {
    const { stdout } = await runTokenmeter([
      'price',
      'gpt-4o',
      '--input',
      '1000',
      '--output',
      '500',
    ]);
    expect(stdout).toContain('$0.0025');
    expect(stdout).toContain('$0.005');
    expect(stdout).toContain('$0.0075');
  });

  test.for([
    { note: 'an unknown command', args: ['fly'], code: 2, want: 'unknown command' },
    {
      note: 'a mistyped option of a command',
      args: ['prices', 'show', 'gpt-4o', '--jsn'],
      code: 2,
      want: '(Did you mean --json?)\n(tokenmeter prices show --help says more)',
    },
    {
      note: 'a count that is none',
      args: ['price', 'gpt-4o', '--input', 'many'],
      code: 2,
      want: '--input must be a whole number',
    },
    {
      note: 'a model without a price',
      args: ['price', 'house-model-1', '--input', '5'],
      code: 1,
      want: 'no price row matches',
    },
    {
      note: 'a model whose name is mistyped',
      args: ['price', 'gpt4o', '--input', '5'],
      code: 1,
      want: 'openai/gpt-4o,',
    },
    {
      note: 'a call without tokens',
      args: ['price', 'gpt-4o'],
      code: 1,
      want: 'tokenmeter price gpt-4o --input 1000 --output 500',
    },
    {
      note: 'a port that is none',
      args: ['up', '--port', '99999'],
      code: 2,
      want: '--port must be a number',
    },
    {
      note: 'a time zone that is none',
      args: ['up', '--time-zone', 'Mars/Base'],
      code: 2,
      want: 'is not a time zone',
    },
    { note: 'no ledger', args: ['sql', 'SELECT 1'], code: 1, want: '--data' },
    {
      note: 'a missing price file',
      args: ['price', 'gpt-4o', '--prices', 'none.json'],
      code: 2,
      want: 'cannot be read',
    },
  ])('$note ends with an error that names the fix', async ({ args, code, want }) => {
    await using folder = await makeFolder();
    const finished = await runTokenmeter(args, { cwd: folder.path });
    expect(finished.stderr).toContain(want);
    expect(finished.stdout).toBe('');
    expect(finished.code).toBe(code);
  });
});
