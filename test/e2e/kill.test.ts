import { expect, test } from 'vitest';
import { makeSpan, metricRequest, sendUntilAcknowledged, traceRequest } from './otlp-client.ts';
import { makeFolder, runTokenmeter, startUp } from './run-process.ts';

const KILLS = 3;
const SENDERS = 4;

interface Sent {
  spans: number;
  calls: number;
  picoUsd: bigint;
}

/** Sends spans and growing counters until told to stop, each request until it is acknowledged. */
async function sendSteadily(
  url: string,
  name: string,
  stop: AbortSignal,
  give: AbortSignal,
): Promise<Sent> {
  const sent: Sent = { spans: 0, calls: 0, picoUsd: 0n };
  const startEpochMs = Date.now();
  const resource = { 'service.name': 'load', 'service.instance.id': name };
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4o',
    'tokenmeter.feature': 'load',
  };
  while (!stop.aborted) {
    const epochMs = Date.now();
    const spans = Array.from({ length: 20 }, () =>
      makeSpan(epochMs, { ...attributes, 'tokenmeter.cost.total': 0.0125 }),
    );
    sent.spans += spans.length;
    await sendUntilAcknowledged(url, '/v1/traces', traceRequest('load', spans), give);
    sent.calls += 20;
    sent.picoUsd += 20n * 12_500_000_000n;
    const points = [
      {
        name: 'tokenmeter.calls',
        unit: '{call}',
        value: sent.calls,
        attributes: {
          ...attributes,
          'tokenmeter.outcome': 'ok',
          'tokenmeter.cache': 'none',
          'tokenmeter.retry': false,
        },
      },
      {
        name: 'tokenmeter.cost',
        unit: 'USD',
        value: Number(sent.picoUsd) / 1e12,
        attributes: {
          ...attributes,
          'tokenmeter.cost.class': 'output',
          'tokenmeter.cost.source': 'snapshot',
        },
      },
    ];
    await sendUntilAcknowledged(
      url,
      '/v1/metrics',
      metricRequest(resource, { startEpochMs, epochMs }, points),
      give,
    );
  }
  return sent;
}

test('kill -9 under load loses no acknowledged call and doubles none', async () => {
  await using folder = await makeFolder();
  let up = await startUp(folder.path);
  const { url } = up;
  const port = Number(new URL(url).port);
  const stop = new AbortController();
  const give = AbortSignal.timeout(80_000);
  const senders = Array.from({ length: SENDERS }, (_, index) =>
    sendSteadily(url, `sender-${index}`, stop.signal, give),
  );
  for (let kill = 0; kill < KILLS; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1200 + 400 * kill));
    up.child.kill('SIGKILL');
    await up.ended;
    up = await startUp(folder.path, { port });
  }
  await new Promise((resolve) => setTimeout(resolve, 800));
  stop.abort();
  const sent = await Promise.all(senders);
  const ask = async (sql: string): Promise<unknown> => {
    const { stdout, stderr } = await runTokenmeter(['sql', sql, '--json', '--data', folder.path]);
    expect(stderr).not.toContain('tokenmeter:');
    return JSON.parse(stdout);
  };
  const sum = (pick: (each: Sent) => number): number =>
    sent.reduce((total, each) => total + pick(each), 0);
  expect(sum((each) => each.spans)).toBeGreaterThan(200);
  expect(
    await ask('SELECT count(*)::INT AS n, count(DISTINCT trace_id)::INT AS ids FROM calls'),
  ).toEqual({
    n: sum((each) => each.spans),
    ids: sum((each) => each.spans),
  });
  expect(
    await ask(
      'SELECT sum(calls)::DOUBLE AS calls, sum(cost_pico_usd)::DOUBLE AS pico FROM usage_1m',
    ),
  ).toEqual({
    calls: sum((each) => each.calls),
    pico: sum((each) => Number(each.picoUsd)),
  });
  await up[Symbol.asyncDispose]();
}, 120_000);
