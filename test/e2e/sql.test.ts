import { expect, test } from 'vitest';
import { makeSpan, sendUntilAcknowledged, traceRequest } from './otlp-client.ts';
import { type Finished, makeFolder, runTokenmeter, startUp } from './run-process.ts';

const STATEMENT =
  'SELECT feature, count(*) AS calls, sum(cost_usd) AS usd FROM llm_telemetry GROUP BY feature ORDER BY feature';

const TABLE = [
  'feature    calls   usd',
  '─────────  ─────  ────',
  'chat           2  0.75',
  'summarize      1      ',
]
  .map((line) => `${line.trimEnd()}\n`)
  .join('');

const FORMS = [
  { flags: [], want: TABLE },
  { flags: ['--csv'], want: 'feature,calls,usd\nchat,2,0.75\nsummarize,1,\n' },
  {
    flags: ['--json'],
    want: '{"feature":"chat","calls":2,"usd":0.75}\n{"feature":"summarize","calls":1,"usd":null}\n',
  },
];

function spans(): unknown[] {
  const now = Date.now();
  return [
    makeSpan(now, { 'tokenmeter.feature': 'chat', 'tokenmeter.cost.total': 0.25 }),
    makeSpan(now, { 'tokenmeter.feature': 'chat', 'tokenmeter.cost.total': 0.5 }),
    makeSpan(now, { 'tokenmeter.feature': 'summarize' }),
  ];
}

test('sql prints a table, CSV or JSON lines, through a running server and from the closed ledger', async () => {
  await using folder = await makeFolder();
  const ask = (...args: string[]): Promise<Finished> =>
    runTokenmeter(['sql', '--data', folder.path, ...args]);
  const up = await startUp(folder.path);
  const body = traceRequest('shop', spans());
  await sendUntilAcknowledged(up.url, '/v1/traces', body, AbortSignal.timeout(10_000));
  for (const { flags, want } of FORMS) {
    expect((await ask(STATEMENT, ...flags)).stdout).toBe(want);
  }
  await up[Symbol.asyncDispose]();
  for (const { flags, want } of FORMS) {
    expect((await ask(STATEMENT, ...flags)).stdout).toBe(want);
  }
  const piped = await runTokenmeter(['sql', '-', '--csv', '--data', folder.path], {
    input: 'SELECT 1 AS one',
  });
  expect(piped.stdout).toBe('one\n1\n');
});

test.for([
  { note: 'a write', sql: 'DELETE FROM calls', want: /SELECT|read-only/i },
  { note: 'two statements', sql: 'SELECT 1; SELECT 2', want: /one statement|single/i },
  {
    note: 'a file',
    sql: "SELECT * FROM read_csv('/etc/passwd')",
    want: /disabled|not allowed|permission/i,
  },
  { note: 'a typing error', sql: 'SELEC 1', want: /syntax/i },
])('sql refuses $note and says why', async ({ sql, want }) => {
  await using folder = await makeFolder();
  await using up = await startUp(folder.path);
  const finished = await runTokenmeter(['sql', sql, '--data', folder.path]);
  expect(finished.stdout).toBe('');
  expect(finished.stderr).toMatch(want);
  expect({ code: finished.code, up: up.pid > 0 }).toEqual({ code: 1, up: true });
});
