import { type OtlpSink, startOtlpSink } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeFolder } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { CALL_USD, foreignSpans, sendTraces } from './foreign-spans.ts';
import { runCollector } from './run-collector.ts';

const collector = findComponent('collector');
const binary = collector.isThere ? collector.path : '';
const isLong = process.env.TOKENMETER_LONG_TESTS === '1';

/** Spans of one request by their ids. */
function request(count: number): { readonly body: string; readonly ids: readonly string[] } {
  const body = foreignSpans(Array.from({ length: count }, () => ({})));
  return { body, ids: [...body.matchAll(/"spanId":"([0-9a-f]{16})"/g)].map(([, id = '']) => id) };
}

/** Sends until told to stop; the ids of what was acknowledged. */
async function load(url: string, lanes: number, isOver: () => boolean): Promise<Set<string>> {
  const acknowledged = new Set<string>();
  const work = async (): Promise<void> => {
    while (!isOver()) {
      const { body, ids } = request(5);
      const status = await sendTraces(url, body).catch(() => 0);
      if (status === 200) for (const id of ids) acknowledged.add(id);
      if (status === 0) return;
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return acknowledged;
}

function received(sink: OtlpSink): Set<string> {
  return new Set(sink.spans().map(({ spanId }) => spanId));
}

test.skipIf(!collector.isThere)(
  'kill -9 with a backlog loses no acknowledged span and no money',
  { timeout: 240_000 },
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    const run = {
      binary,
      folder: folder.path,
      backends: ['otlp'],
      env: { TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url },
    };
    sink.behave({ kind: 'refuse', status: 503 });
    const sent: string[] = [];
    {
      await using running = await runCollector(run);
      for (let index = 0; index < 40; index += 1) {
        const { body, ids } = request(10);
        expect(await sendTraces(running.url, body)).toBe(200);
        sent.push(...ids);
      }
      await running.kill();
    }
    sink.behave({ kind: 'accept' });
    await using again = await runCollector(run);
    await sink.until(() => received(sink).size >= sent.length, 120_000);
    await again.stop();
    expect(received(sink)).toEqual(new Set(sent));
    const counted = sink.sumOf('tokenmeter.calls');
    expect(counted).toBeGreaterThanOrEqual(sent.length);
    // What the journal was handing over when it died may be there twice.
    expect(counted).toBeLessThanOrEqual(2 * sent.length);
    expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(counted * CALL_USD, 9);
  },
);

test.skipIf(!collector.isThere)(
  'kill -9 under load loses no acknowledged span, and counts at most the journal’s last batch twice',
  { timeout: 240_000 },
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    const run = {
      binary,
      folder: folder.path,
      backends: ['otlp'],
      env: { TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url },
    };
    const running = await runCollector(run);
    let isOver = false;
    const loading = load(running.url, 8, () => isOver);
    await new Promise((resolve) => setTimeout(resolve, 3500));
    await running.kill();
    isOver = true;
    const acknowledged = await loading;
    await using again = await runCollector(run);
    await sink.until(() => received(sink).size >= acknowledged.size, 120_000);
    await again.stop();
    const there = received(sink);
    expect([...acknowledged].filter((id) => !there.has(id))).toEqual([]);
    const counted = sink.sumOf('tokenmeter.calls');
    expect(counted).toBeGreaterThanOrEqual(acknowledged.size);
    process.stderr.write(
      `kill -9 under load: ${acknowledged.size} acknowledged, ${there.size} spans there, ${counted} calls counted\n`,
    );
  },
);

test.skipIf(!collector.isThere)(
  'a backend that refuses neither delays nor doubles what the others get',
  { timeout: isLong ? 900_000 : 120_000 },
  async () => {
    await using folder = await makeFolder();
    await using well = await startOtlpSink();
    await using other = await startOtlpSink();
    await using refusing = await startOtlpSink();
    refusing.behave({ kind: 'refuse', status: 503 });
    await using running = await runCollector({
      binary,
      folder: folder.path,
      backends: ['otlp', 'tokenmeter', 'newrelic'],
      args: ['--drain', '30'],
      env: {
        TOKENMETER_BACKEND_OTLP_ENDPOINT: well.url,
        TOKENMETER_BACKEND_TOKENMETER_ENDPOINT: other.url,
        NEW_RELIC_OTLP_ENDPOINT: refusing.url,
        NEW_RELIC_LICENSE_KEY: 'key',
      },
    });
    const seconds = isLong ? 600 : 8;
    const started = performance.now();
    let sent = 0;
    let slowest = 0;
    while (performance.now() - started < seconds * 1000) {
      const { body, ids } = request(20);
      expect(await sendTraces(running.url, body)).toBe(200);
      sent += ids.length;
      const before = performance.now();
      await Promise.all([
        well.until(() => well.spans().length >= sent, 120_000),
        other.until(() => other.spans().length >= sent, 120_000),
      ]);
      slowest = Math.max(slowest, performance.now() - before);
      await new Promise((resolve) => setTimeout(resolve, isLong ? 500 : 0));
    }
    process.stderr.write(
      `refusing for ${seconds} s: ${sent} calls, the others had each at the latest after ${Math.round(slowest)} ms\n`,
    );
    expect(slowest).toBeLessThan(5000);
    expect(refusing.spans()).toHaveLength(0);
    refusing.behave({ kind: 'accept' });
    await refusing.until(() => refusing.spans().length >= sent, 120_000);
    await running.stop();
    for (const sink of [well, other, refusing]) {
      expect(sink.spans()).toHaveLength(sent);
      expect(received(sink).size).toBe(sent);
      expect(sink.sumOf('tokenmeter.calls')).toBe(sent);
      expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(sent * CALL_USD, 9);
    }
  },
);

test.skipIf(!collector.isThere)('sampling changes no total', { timeout: 240_000 }, async () => {
  for (const [sampling, env] of [
    ['probabilistic', { TOKENMETER_SAMPLING_PERCENTAGE: '20' }],
    ['tail', { TOKENMETER_SAMPLING_PERCENTAGE: '20', TOKENMETER_SAMPLING_WAIT: '1s' }],
  ] as const) {
    await using folder = await makeFolder();
    await using sampled = await startOtlpSink();
    await using whole = await startOtlpSink();
    await using running = await runCollector({
      binary,
      folder: folder.path,
      backends: ['otlp', 'tokenmeter'],
      args: ['--sampling', sampling],
      env: {
        ...env,
        TOKENMETER_BACKEND_OTLP_ENDPOINT: sampled.url,
        TOKENMETER_BACKEND_TOKENMETER_ENDPOINT: whole.url,
      },
    });
    const plain = Array.from({ length: 490 }, () => ({}));
    const slow = Array.from({ length: 10 }, () => ({ durationMs: 45_000, model: 'gpt-4o' }));
    expect(await sendTraces(running.url, foreignSpans([...plain, ...slow]))).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, sampling === 'tail' ? 4000 : 0));
    await running.stop();
    expect(whole.spans()).toHaveLength(500);
    expect(sampled.spans().length).toBeGreaterThan(50);
    expect(sampled.spans().length).toBeLessThan(200);
    for (const sink of [sampled, whole]) {
      expect(sink.sumOf('tokenmeter.calls')).toBe(500);
      expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(500 * CALL_USD, 9);
    }
    const slowKept = sampled
      .spans()
      .filter(
        ({ startUnixNano, endUnixNano }) => endUnixNano - startUnixNano > 40_000_000_000n,
      ).length;
    expect(slowKept).toBeGreaterThanOrEqual(sampling === 'tail' ? 10 : 0);
  }
});

test.skipIf(!collector.isThere)(
  'a full queue makes the other backends wait, and nobody counts anything twice',
  { timeout: 400_000 },
  async () => {
    await using folder = await makeFolder();
    await using well = await startOtlpSink();
    await using refusing = await startOtlpSink();
    refusing.behave({ kind: 'refuse', status: 503 });
    await using running = await runCollector({
      binary,
      folder: folder.path,
      backends: ['otlp', 'newrelic'],
      args: ['--drain', '60'],
      env: {
        // Room for some ten exports.
        TOKENMETER_QUEUE_BYTES: '30000',
        TOKENMETER_BACKEND_OTLP_ENDPOINT: well.url,
        NEW_RELIC_OTLP_ENDPOINT: refusing.url,
        NEW_RELIC_LICENSE_KEY: 'key',
      },
    });
    const statuses = new Map<number, number>();
    let sent = 0;
    for (let index = 0; index < 18; index += 1) {
      const { body, ids } = request(5);
      sent += ids.length;
      const headers = { 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(1000);
      const url = `${running.url}/v1/traces`;
      const status = await fetch(url, { method: 'POST', headers, body, signal }).then(
        (answer) => answer.status,
        () => 0,
      );
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(statuses.get(0) ?? 0).toBeGreaterThan(0);
    refusing.behave({ kind: 'accept' });
    const isWhole = (sink: OtlpSink): boolean => sink.sumOf('tokenmeter.calls') >= sent;
    await well.until(() => isWhole(well), 120_000);
    await refusing.until(() => isWhole(refusing), 120_000);
    await running.stop();
    for (const sink of [well, refusing]) {
      expect(sink.sumOf('tokenmeter.calls')).toBe(sent);
      expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(sent * CALL_USD, 9);
    }
  },
);
