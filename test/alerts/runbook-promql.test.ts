import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeFolder } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { answersWell, startProgram } from '../support/start-program.ts';
import { readRunbooks } from './read-runbooks.ts';

const prometheus = findComponent('prometheus');
const promtool = findComponent('promtool');
const queries = readRunbooks().filter(({ language }) => language === 'promql');
const HOUR = 3600;

/** Series that recording rules make out of the counters, with the labels that the runbooks ask by. */
const SERIES = ['smart-reply', 'summarize', 'triage'].flatMap((feature) => {
  const base = `service_name="helpdesk",tokenmeter_feature="${feature}",gen_ai_request_model="gpt-4o",gen_ai_response_model="gpt-4o"`;
  return [
    `tokenmeter:calls:delta1m{${base},tokenmeter_outcome="ok",tokenmeter_retry="false",tokenmeter_cache="hit"}`,
    `tokenmeter:calls:delta1m{${base},tokenmeter_outcome="ok",tokenmeter_retry="true",tokenmeter_cache="miss"}`,
    `tokenmeter:cost_usd:delta1m{${base},tokenmeter_cost_class="input"}`,
    `tokenmeter:tokens:delta1m{${base},tokenmeter_token_class="input"}`,
    `tokenmeter:tokens:delta1m{${base},tokenmeter_token_class="cache_read"}`,
    `tokenmeter:unpriced:delta1m{${base},tokenmeter_reason="unknown_model"}`,
    `tokenmeter_calls_total{${base}}`,
  ];
});
const SELF = [
  'tokenmeter:recognised:delta1m{service_name="helpdesk"}',
  'tokenmeter:metered:delta1m{service_name="helpdesk"}',
  // One that went silent, which is what a gap is.
  'tokenmeter_calls_total{service_name="silent"}',
];

/** A week and a bit of samples, a minute apart where queries look and sparse between. */
function openMetrics(nowSeconds: number): string {
  const ages = [8 * 24, 7 * 24 + 1, 7 * 24, 24, 3, 2, 1].map((hours) => hours * HOUR);
  const minutes = Array.from({ length: 61 }, (_, index) => index * 60);
  const times = [
    ...new Set([...ages, ...ages.flatMap((age) => minutes.map((one) => age - one)), ...minutes]),
  ]
    .filter((age) => age >= 0)
    .sort((a, b) => b - a);
  const lines = [...SERIES, ...SELF].flatMap((series) =>
    times
      .filter((age) => !series.includes('silent') || age >= HOUR)
      .map((age) => `${series} 3 ${nowSeconds - age}`),
  );
  const names = [...new Set(lines.map((line) => line.split('{', 1)[0] ?? ''))];
  const sorted = names.flatMap((name) => lines.filter((line) => line.startsWith(`${name}{`)));
  return `${sorted.join('\n')}\n# EOF\n`;
}

test('every PromQL query of the runbooks finds something in a real Prometheus', async ({
  skip,
}) => {
  if (!prometheus.isThere) return skip(prometheus.why);
  if (!promtool.isThere) return skip(promtool.why);
  await using folder = await makeFolder();
  const now = Math.floor(Date.now() / 1000);
  const input = join(folder.path, 'samples.txt');
  const data = join(folder.path, 'data');
  const config = join(folder.path, 'prometheus.yml');
  await writeFile(input, openMetrics(now));
  await writeFile(config, '');
  execFileSync(promtool.path, ['tsdb', 'create-blocks-from', 'openmetrics', input, data], {
    stdio: 'pipe',
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await using _program = await startProgram(prometheus.path, {
    cwd: folder.path,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    isReady: () => answersWell(`${url}/-/ready`),
  });
  const found = await Promise.all(
    queries.map(async ({ runbook, text }) => {
      const answer = await fetch(
        `${url}/api/v1/query?time=${now}&query=${encodeURIComponent(text)}`,
      );
      const {
        status,
        error,
        data: result,
      }: Record<string, unknown> = JSON.parse(await answer.text());
      const rows: unknown = Reflect.get(Object(result), 'result');
      const count = Array.isArray(rows) ? rows.length : 0;
      return {
        runbook,
        text,
        status,
        ...(error === undefined ? {} : { error }),
        isEmpty: count === 0,
      };
    }),
  );
  expect(found).toEqual(
    queries.map(({ runbook, text }) => ({ runbook, text, status: 'success', isEmpty: false })),
  );
}, 60_000);
