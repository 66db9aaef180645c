import { startOtlpSink, takePort } from '@tokenmeter/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, runTokenmeter, startUp } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { queryNumber } from '../support/query-engine.ts';
import { startKafka } from '../support/start-kafka.ts';
import { type RunningEngine, startPrometheus } from '../support/start-prometheus.ts';
import { startThanos } from '../support/start-thanos.ts';
import { startVictoriaMetrics } from '../support/start-victoria-metrics.ts';
import { createCountingApplication } from './application-metrics.ts';
import { CALL_USD, foreignSpans, sendTraces } from './foreign-spans.ts';
import { runCollector } from './run-collector.ts';

const components = {
  collector: findComponent('collector'),
  prometheus: findComponent('prometheus'),
  victoriametrics: findComponent('victoriametrics'),
  thanos: findComponent('thanos'),
  kafka: findComponent('kafka'),
};
const isComplete = Object.values(components).every(({ isThere }) => isThere);

function pathOf(name: keyof typeof components): string {
  const component = components[name];
  return component.isThere ? component.path : '';
}

const REQUESTS = 25;
const CALLS_EACH = 12;
const FOREIGN_CALLS = REQUESTS * CALLS_EACH;
const OWN_USD = 2.75;
const TOTAL_USD = FOREIGN_CALLS * CALL_USD + OWN_USD;

const running = new AsyncDisposableStack();
const engines = new Map<string, RunningEngine>();
let dataFolder = '';
let kafkaBroker = '';

/** One Collector into all of them, ended before anything is asked. */
beforeAll(async () => {
  if (!isComplete) return;
  const folder = running.use(await makeFolder()).path;
  const ports = Array.from({ length: 12 }, takePort);
  const startsAt = (index: number): number => ports[index] ?? 0;
  const binaryOf = pathOf;
  const [prometheus, victoria, thanos, kafka, up] = await Promise.all([
    startPrometheus({ binary: binaryOf('prometheus'), folder, port: startsAt(0) }),
    startVictoriaMetrics({ binary: binaryOf('victoriametrics'), folder, port: startsAt(1) }),
    startThanos({ binary: binaryOf('thanos'), folder, port: startsAt(2) }),
    startKafka({ libraries: binaryOf('kafka'), folder, port: startsAt(11) }),
    startUp(folder),
  ]);
  for (const each of [prometheus, victoria, thanos, kafka, up]) running.use(each);
  engines.set('prometheus', prometheus).set('victoriametrics', victoria).set('thanos', thanos);
  dataFolder = folder;
  kafkaBroker = kafka.broker;
  const collector = await runCollector({
    binary: binaryOf('collector'),
    folder,
    backends: ['prometheus', 'victoriametrics', 'thanos', 'kafka', 'tokenmeter'],
    args: ['--drain', '40'],
    env: {
      TOKENMETER_BACKEND_PROMETHEUS_ENDPOINT: prometheus.url,
      TOKENMETER_BACKEND_VICTORIAMETRICS_ENDPOINT: victoria.url,
      TOKENMETER_BACKEND_THANOS_ENDPOINT: thanos.receivers[0] ?? '',
      TOKENMETER_BACKEND_KAFKA_BROKERS: kafka.broker,
      TOKENMETER_BACKEND_TOKENMETER_ENDPOINT: up.url,
    },
  });
  running.use(collector);
  const application = createCountingApplication('own');
  expect(await application.push(collector.url, { costUsd: 1, calls: 1 })).toBe(200);
  const statuses = await Promise.all(
    Array.from({ length: REQUESTS }, () =>
      sendTraces(collector.url, foreignSpans(Array.from({ length: CALLS_EACH }, () => ({})))),
    ),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await application.push(collector.url, { costUsd: OWN_USD, calls: 2 })).toBe(200);
  expect(await collector.stop()).toBe(0);
}, 180_000);

afterAll(() => running.disposeAsync());

describe.skipIf(!isComplete)('what one Collector sent to all of them at once', () => {
  test.for(['prometheus', 'victoriametrics', 'thanos'])(
    '%s shows every dollar and call, by the names of Prometheus',
    { timeout: 240_000 },
    async (name) => {
      const engine = engines.get(name);
      if (engine === undefined) throw new Error(`expected ${name}`);
      const latest = (metric: string): Promise<number | undefined> =>
        queryNumber(engine, `sum(last_over_time(${metric}[1h]))`);
      const calls = FOREIGN_CALLS + 2;
      await expect
        .poll(() => latest('tokenmeter_calls_total'), { timeout: 240_000, interval: 500 })
        .toBe(calls);
      expect(await latest('tokenmeter_cost_USD_total')).toBeCloseTo(TOTAL_USD, 9);
      const shop = 'tokenmeter_tokens_total{service_name="shop",tokenmeter_token_class="output"}';
      expect(await latest(shop)).toBe(FOREIGN_CALLS * 500);
    },
  );

  test('the embedded server has every call once, and the same dollars in its minutes', async () => {
    const ask = async (statement: string): Promise<unknown> => {
      const { stdout } = await runTokenmeter(['sql', statement, '--json', '--data', dataFolder]);
      return JSON.parse(stdout.trim().split('\n')[0] ?? '');
    };
    expect(
      await ask('SELECT count(*)::INTEGER AS calls, sum(cost_usd) AS usd FROM llm_telemetry'),
    ).toEqual({ calls: FOREIGN_CALLS, usd: expect.closeTo(FOREIGN_CALLS * CALL_USD, 9) });
    expect(await ask('SELECT sum(cost_pico_usd)::DOUBLE / 1e12 AS usd FROM usage_1m')).toEqual({
      usd: expect.closeTo(TOTAL_USD, 9),
    });
  });

  test('Kafka holds it for another Collector, which counts nothing again', {
    timeout: 240_000,
  }, async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    await using consumer = await runCollector({
      binary: pathOf('collector'),
      folder: folder.path,
      backends: ['otlp'],
      args: ['--role', 'kafka-consumer'],
      env: {
        TOKENMETER_BACKEND_KAFKA_BROKERS: kafkaBroker,
        TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url,
      },
    });
    const isThere = (): boolean =>
      sink.spans().length >= FOREIGN_CALLS && sink.sumOf('tokenmeter.calls') >= FOREIGN_CALLS + 2;
    await sink.until(isThere, 120_000);
    await consumer.stop();
    expect(sink.spans()).toHaveLength(FOREIGN_CALLS);
    expect(sink.sumOf('tokenmeter.calls')).toBe(FOREIGN_CALLS + 2);
    expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(TOTAL_USD, 9);
  });
});
