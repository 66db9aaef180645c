import type { SinkSpan } from '@tokenmeter/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { general, tokenmeter } from '../../packages/semconv/src/index.ts';
import { checkPoint, declaredMetrics } from './check-point.ts';
import { checkSpan } from './check-span.ts';
import { callsOf, loadExchanges } from './exchange.ts';
import { differences, expectedAttributes } from './expected-attributes.ts';
import { FULL_REQUESTS } from './full-requests.ts';
import { type Replayed, replay } from './replay.ts';

const EXCHANGES = [...loadExchanges(), ...FULL_REQUESTS.map(({ exchange }) => exchange)];

let replayed: Replayed;

beforeAll(async () => {
  replayed = await replay(EXCHANGES);
});

function spansOf(name: string): readonly SinkSpan[] {
  return replayed.sink.spans().filter((span) => span.attributes[tokenmeter.feature] === name);
}

test('the process ends by itself, says nothing, and has sent everything though no export was due', () => {
  const { code, stdout, stderr } = replayed.finished;
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(replayed.sink.exports().every(({ status }) => status === 200)).toBe(true);
});

const WAITING = EXCHANGES.filter(({ truth }) => truth.isWaiting);

test.for(WAITING)('$name has no span before its end', ({ name }) => {
  expect(spansOf(name)).toEqual([]);
});

describe.for(EXCHANGES.filter((one) => !WAITING.includes(one)))('$name', (exchange) => {
  test('has one span, as the conventions declare it', () => {
    const spans = spansOf(exchange.name);
    expect(spans.length).toBe(1);
    expect(spans.flatMap((span) => checkSpan(span, 'latest'))).toEqual([]);
  });

  test('says what the conventions ask for wherever it is known', () => {
    const expected = expectedAttributes(exchange, replayed.port);
    const found = spansOf(exchange.name).flatMap((span) => differences(span.attributes, expected));
    expect(found).toEqual([]);
  });

  test('is counted once if it is a call', () => {
    const filter = { [tokenmeter.feature]: exchange.name };
    expect(replayed.sink.sumOf('tokenmeter.calls', filter)).toBe(callsOf(exchange));
  });
});

test.for(FULL_REQUESTS)('$exchange.name are on the span', ({ exchange, want }) => {
  const found = spansOf(exchange.name).flatMap((span) => differences(span.attributes, want));
  expect(found).toEqual([]);
});

test('every metric point is as declared', () => {
  const declared = declaredMetrics('latest');
  const points = replayed.sink.metrics();
  const problems = points.flatMap((point) => checkPoint(point, declared, 'cumulative'));
  expect([...new Set(problems)]).toEqual([]);
});

test('every metric that can be declared for these exchanges was seen', () => {
  const seen = new Set(replayed.sink.metrics().map(({ metric }) => metric));
  const missing = [...declaredMetrics('latest').keys()].filter((name) => !seen.has(name));
  // Nothing here has more distinct values than the cap, and a point per chunk is only for those who ask.
  expect(missing.sort()).toEqual([
    'gen_ai.client.inference.time_per_output_chunk',
    'tokenmeter.self.attribute_overflow',
  ]);
});

test('every call is in the counters: recognised, metered, counted', () => {
  const count = EXCHANGES.length;
  const calls = EXCHANGES.reduce((sum, exchange) => sum + callsOf(exchange), 0);
  const sums = ['tokenmeter.self.recognised', 'tokenmeter.self.metered', 'tokenmeter.calls'].map(
    (name) => replayed.sink.sumOf(name),
  );
  expect(sums).toEqual([count, count, calls]);
});

test('every export describes the process by these attributes and no others', () => {
  const { sink } = replayed;
  const resources = [...sink.spans(), ...sink.metrics()].map(({ resource }) =>
    Object.keys(resource).sort().join(' '),
  );
  expect([...new Set(resources)]).toEqual([
    [
      general.serviceInstanceId,
      general.serviceName,
      general.telemetryDistroName,
      general.telemetryDistroVersion,
      'telemetry.sdk.language',
      'telemetry.sdk.name',
      'telemetry.sdk.version',
    ].join(' '),
  ]);
});
