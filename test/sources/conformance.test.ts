import { setTimeout as sleep } from 'node:timers/promises';
import { encodeOtlpProtobuf } from '@tokenmeter/testkit';
import { afterAll, beforeAll, describe } from 'vitest';
import type { UsageMinute } from '../../packages/anomaly/src/usage-minute.ts';
import { describeMetricSource } from '../../packages/worker/src/metric-source.test-kit.ts';
import { createPromqlSource } from '../../packages/worker/src/sources/promql-source.ts';
import { findComponent } from '../support/components.ts';
import { type Store, startVictoriaMetrics } from './start-store.ts';

const victoria = findComponent('victoriametrics');
const MINUTE_MS = 60_000;

type Attributes = Readonly<Record<string, string>>;

function attributesOf(values: Attributes): unknown[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

/** Cumulative counters that tell the minutes, each a millisecond before its end. */
function exportOf(minutes: readonly UsageMinute[]): Uint8Array {
  const totals = new Map<string, number>();
  const points = new Map<string, unknown[]>();
  for (const minute of minutes) {
    const { feature, provider, model } = minute.labels;
    const base = {
      'tokenmeter.feature': feature,
      'gen_ai.provider.name': provider,
      'gen_ai.response.model': model,
    };
    const add = (name: string, amount: number, more: Attributes): void => {
      const key = JSON.stringify([name, feature, more]);
      const total = (totals.get(key) ?? 0) + amount;
      totals.set(key, total);
      const list = points.get(name) ?? [];
      points.set(name, list);
      list.push({
        timeUnixNano: `${minute.minuteEpochMs + MINUTE_MS - 1}000000`,
        asDouble: total,
        attributes: attributesOf({ ...base, ...more }),
      });
    };
    add('tokenmeter.calls', minute.calls, { 'tokenmeter.cache': 'none' });
    add('tokenmeter.cost', minute.costUsd, { 'tokenmeter.cost.class': 'input' });
    add('tokenmeter.tokens', minute.inputTokens, { 'tokenmeter.token.class': 'input' });
    add('tokenmeter.tokens', minute.cacheReadTokens, { 'tokenmeter.token.class': 'cache_read' });
    add('tokenmeter.tokens', minute.outputTokens, { 'tokenmeter.token.class': 'output' });
  }
  const metrics = [...points].map(([name, dataPoints]) => ({
    name,
    sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints },
  }));
  const resource = attributesOf({ 'service.name': 'shop', 'service.instance.id': 'one' });
  return encodeOtlpProtobuf('metrics', {
    resourceMetrics: [{ resource: { attributes: resource }, scopeMetrics: [{ metrics }] }],
  });
}

describe.skipIf(!victoria.isThere)('VictoriaMetrics', () => {
  let store: Store | undefined;
  let pushed: Promise<void> | undefined;

  beforeAll(async () => {
    store = await startVictoriaMetrics(victoria.isThere ? victoria.path : '');
  });
  afterAll(() => store?.[Symbol.asyncDispose]());

  /** Every case holds the same minutes, so they are pushed once. */
  async function push(minutes: readonly UsageMinute[], running: Store): Promise<void> {
    await running.push(exportOf(minutes));
    const first = minutes[0]?.minuteEpochMs ?? 0;
    for (let attempt = 0; attempt < 60; attempt += 1) {
      using source = createPromqlSource({ name: 'probe', url: running.url });
      const signal = new AbortController().signal;
      const range = { fromEpochMs: first, toEpochMs: first + 6 * MINUTE_MS, signal };
      const read = await source.read(range);
      if (read.ok && read.minutes.length === minutes.length) return;
      await sleep(500);
    }
  }

  describeMetricSource('a PromQL store', async (minutes) => {
    if (store === undefined) throw new Error('expected a running store');
    pushed ??= push(minutes, store);
    await pushed;
    const source = createPromqlSource({ name: 'store', url: store.url });
    return {
      source,
      [Symbol.asyncDispose]: () => Promise.resolve(source[Symbol.dispose]()),
    };
  });
});
