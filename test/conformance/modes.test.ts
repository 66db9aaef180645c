import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  COST_COMPAT_ATTRIBUTES,
  genAi,
  general,
  tokenmeter,
} from '../../packages/semconv/src/index.ts';
import { checkPoint, declaredMetrics, type SemconvMode } from './check-point.ts';
import { checkSpan } from './check-span.ts';
import { callsOf, loadExchanges } from './exchange.ts';
import { FULL_REQUESTS } from './full-requests.ts';
import { replay } from './replay.ts';

const EXCHANGES = loadExchanges();
const INFERENCE = /^(chat|text_completion|generate_content)$/;

const MODES: readonly {
  readonly mode: SemconvMode;
  readonly temporality: 'delta' | 'cumulative';
}[] = [
  { mode: 'legacy', temporality: 'cumulative' },
  { mode: 'both', temporality: 'delta' },
  { mode: 'off', temporality: 'cumulative' },
  { mode: 'latest', temporality: 'delta' },
];

test.for(MODES)('TOKENMETER_SEMCONV=$mode, $temporality', async ({ mode, temporality }) => {
  const { sink, finished } = await replay(EXCHANGES, {
    isAttributed: false,
    env: {
      TOKENMETER_SEMCONV: mode,
      TOKENMETER_CHUNK_TIMES: 'on',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
    },
  });
  expect(finished).toMatchObject({ code: 0, stdout: '', stderr: '' });

  const declared = declaredMetrics(mode);
  const problems = [
    ...sink.spans().flatMap((span) => checkSpan(span, mode)),
    ...sink.metrics().flatMap((point) => checkPoint(point, declared, temporality)),
  ];
  expect([...new Set(problems)]).toEqual([]);

  const seen = new Set(sink.metrics().map(({ metric }) => metric));
  const missing = [...declared.keys()].filter((name) => !seen.has(name));
  expect(missing).toEqual(['tokenmeter.self.attribute_overflow']);
  const calls = EXCHANGES.reduce((sum, exchange) => sum + callsOf(exchange), 0);
  expect(sink.spans().length).toBe(EXCHANGES.filter(({ truth }) => !truth.isWaiting).length);
  expect(sink.sumOf('tokenmeter.calls')).toBe(calls);

  // The newer conventions report this duration for all but inference; the older ones, and so `both`, for everything.
  const durations = sink.metrics('gen_ai.client.operation.duration');
  const isInferenceTimed = durations.some(({ attributes }) =>
    INFERENCE.test(String(attributes[genAi.operationName])),
  );
  expect(isInferenceTimed).toBe(mode === 'legacy' || mode === 'both');
  const legacySpans = sink
    .spans()
    .filter(({ attributes }) => attributes[genAi.usageCacheCreationInputTokens] !== undefined);
  expect(legacySpans.length > 0).toBe(mode === 'legacy' || mode === 'both');
});

test('failed and cut calls have their error type on the duration, never on counters of tokens', async () => {
  const failing = EXCHANGES.filter(({ name }) => /error|cut|exception/.test(name));
  const { sink } = await replay(failing);
  const [timed, others] = ['gen_ai.client.inference.duration', ''].map((name) =>
    sink
      .metrics()
      .filter(({ metric }) => (metric === 'gen_ai.client.inference.duration') === (name !== '')),
  );
  expect(timed?.every(({ attributes }) => attributes[general.errorType] !== undefined)).toBe(true);
  expect(others?.some(({ attributes }) => attributes[general.errorType] !== undefined)).toBe(false);
});

test.for(['gen_ai.usage.cost', 'otel-draft', 'openinference'])(
  'TOKENMETER_COST_COMPAT=%s adds its attributes to priced calls, and none else',
  async (setting) => {
    const { sink } = await replay(EXCHANGES, { env: { TOKENMETER_COST_COMPAT: setting } });
    const more = COST_COMPAT_ATTRIBUTES[setting] ?? [];
    const spans = sink.spans();
    expect([...new Set(spans.flatMap((span) => checkSpan(span, 'latest', more)))]).toEqual([]);
    const [total = ''] = more;
    const costs = spans.map(({ attributes }) => [
      attributes[total],
      attributes[tokenmeter.costTotal],
    ]);
    expect(costs.filter(([compat]) => compat !== undefined).length).toBeGreaterThan(50);
    expect(costs.filter(([compat, ours]) => compat !== ours)).toEqual([]);
  },
);

test('TOKENMETER_USER_HASH_KEY writes the hash of user ids and no id', async () => {
  const key = 'a key of the test';
  const { sink } = await replay(
    FULL_REQUESTS.map(({ exchange }) => exchange),
    {
      env: { TOKENMETER_USER_HASH_KEY: key },
    },
  );
  const spans = sink.spans();
  expect([...new Set(spans.flatMap((span) => checkSpan(span, 'latest')))]).toEqual([]);
  const seen = spans.map(({ attributes }) => [
    attributes[general.userId],
    attributes[general.userHash],
  ]);
  const hashOf = (id: string): string =>
    createHmac('sha256', key).update(id).digest('hex').slice(0, 32);
  expect(seen.filter(([, hash]) => hash !== undefined).sort()).toEqual(
    [hashOf('user-7'), hashOf('user-8')].sort().map((hash) => [undefined, hash]),
  );
  expect(JSON.stringify(sink.exports())).not.toMatch(/user-[78]/);
});

test('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true puts content on spans, as JSON, and nowhere else', async () => {
  const { sink } = await replay(EXCHANGES, {
    env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' },
  });
  const spans = sink.spans();
  expect([...new Set(spans.flatMap((span) => checkSpan(span, 'latest')))]).toEqual([]);
  const inferences = spans.filter(({ attributes }) =>
    INFERENCE.test(String(attributes[genAi.operationName])),
  );
  const keys = [genAi.inputMessages, genAi.outputMessages];
  const contents = inferences.flatMap(({ attributes }) =>
    keys.flatMap((key) => (attributes[key] === undefined ? [] : String(attributes[key]))),
  );
  expect(contents.length).toBeGreaterThan(inferences.length);
  const messages: readonly unknown[] = contents.flatMap((text) => JSON.parse(text));
  expect(messages.filter((message) => !isMessage(message))).toEqual([]);
  const elsewhere = spans.filter((span) => !inferences.includes(span));
  expect(
    elsewhere.filter(({ attributes }) => keys.some((key) => attributes[key] !== undefined)),
  ).toEqual([]);
  const labels = sink.metrics().flatMap(({ attributes }) => Object.keys(attributes));
  expect(keys.filter((key) => labels.includes(key))).toEqual([]);
});

/** Required members of `gen-ai-input-messages.json` and `gen-ai-output-messages.json`. */
function isMessage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { role, parts }: { role?: unknown; parts?: unknown } = value;
  return (
    typeof role === 'string' &&
    Array.isArray(parts) &&
    parts.every((part: { type?: unknown }) => typeof part.type === 'string')
  );
}
