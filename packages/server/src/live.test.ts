import { expect, test } from 'vitest';
import type { AlertView } from './api.ts';
import { CALL, hexId, metricsJson, tracesJson } from './otlp.test-kit.ts';
import { startTestServer, type TestServer } from './server.test-kit.ts';

interface Event {
  readonly kind: string;
  readonly value: unknown;
}

/** Reads events of the live stream. */
async function openLive(
  kit: TestServer,
): Promise<{ next: () => Promise<Event>; isEnded: Promise<boolean> }> {
  const response = await fetch(`${kit.server.url}/api/v1/live`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let ended: (isEnded: boolean) => void = () => undefined;
  const isEnded = new Promise<boolean>((done) => {
    ended = done;
  });
  let buffer = '';
  const next = async (): Promise<Event> => {
    for (;;) {
      const match = /event: (\w+)\n(?:id: \d+\n)?data: (.*)\n(?:id: \d+\n)?\n/.exec(buffer);
      if (match !== null) {
        buffer = buffer.slice(match.index + match[0].length);
        return { kind: match[1] ?? '', value: JSON.parse(match[2] ?? 'null') };
      }
      const read = await reader?.read().catch(() => undefined);
      if (read === undefined || read.done) {
        ended(true);
        return { kind: 'end', value: undefined };
      }
      buffer += read.value;
    }
  };
  return { next, isEnded };
}

const send = (kit: TestServer, number: number): Promise<Response> =>
  kit.post(
    '/v1/metrics',
    metricsJson([
      {
        metric: 'tokenmeter.cost',
        value: number,
        isDouble: true,
        epochMs: Date.now(),
        attributes: CALL,
      },
    ]),
  );

const usdOf = (value: unknown): number =>
  Number(/"today":{"usd":([\d.]+)/.exec(JSON.stringify(value))?.[1]);

const ALERT: AlertView = {
  incidentId: 'a',
  rule: 'volume',
  severity: 'critical',
  state: 'firing',
  labels: { feature: 'search' },
  title: 'title',
  text: 'text',
  startedEpochMs: 1,
  updatedEpochMs: 2,
  quantity: 'calls',
  observed: 3,
  expected: { low: 0, mid: 1, high: 2 },
  usdPerHour: 4,
};

// A machine that is busy with something else may break a promise of time once.
test('a page gets a snapshot, then each change within a second', { retry: 2 }, async () => {
  await using kit = await startTestServer();
  const { next } = await openLive(kit);
  expect(await next()).toMatchObject({ kind: 'overview', value: { today: { usd: 0 } } });
  expect(await next()).toEqual({ kind: 'alerts', value: [] });
  await send(kit, 5);
  const committed = performance.now();
  expect(await next()).toMatchObject({ kind: 'overview', value: { today: { usd: 5 } } });
  expect(performance.now() - committed).toBeLessThan(1000);
  kit.server.setAlerts([ALERT]);
  expect(await next()).toEqual({ kind: 'alerts', value: [ALERT] });
  expect(await kit.json('/api/v1/alerts')).toEqual([ALERT]);
});

test('many commits make at most four overviews a second', async () => {
  await using kit = await startTestServer();
  const { next } = await openLive(kit);
  await next();
  await next();
  const times: number[] = [];
  let usd = 0;
  const sending = (async () => {
    for (let number = 1; number <= 60; number += 1) await send(kit, number);
  })();
  while (usd < 60) {
    const event = await next();
    if (event.kind !== 'overview') continue;
    times.push(performance.now());
    usd = usdOf(event.value);
  }
  await sending;
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  expect(times.length - 1).toBeLessThanOrEqual(Math.ceil(seconds * 4));
});

test('closing ends streams and statements, and what was acknowledged stays', {
  retry: 2,
}, async () => {
  await using kit = await startTestServer();
  const { next, isEnded } = await openLive(kit);
  await next();
  const slow = kit
    .post('/api/v1/sql', {
      sql: 'SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b',
    })
    .then((answer) => answer.status)
    .catch(() => 0);
  const sent = Array.from({ length: 20 }, (_, index) =>
    kit
      .post(
        '/v1/traces',
        tracesJson([
          {
            spanId: hexId(16, index + 1),
            startEpochMs: Date.now(),
            attributes: { ...CALL, 'tokenmeter.metered': true },
          },
        ]),
      )
      .then((answer) => answer.status === 200)
      .catch(() => false),
  );
  await new Promise((done) => setTimeout(done, 50));
  const started = performance.now();
  await kit.server.close();
  expect(performance.now() - started).toBeLessThan(2000);
  const drained = (async () => {
    while ((await next()).kind !== 'end');
    return isEnded;
  })();
  expect(await drained).toBe(true);
  expect([0, 400, 503]).toContain(await slow);
  const acknowledged = (await Promise.all(sent)).filter(Boolean).length;
  await using again = await startTestServer({ dataDir: kit.dataDir });
  const stored = Number((await again.rows('SELECT count(*) FROM calls'))[0]?.[0]);
  expect(stored).toBeGreaterThanOrEqual(acknowledged);
});
