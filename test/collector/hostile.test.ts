import { startOtlpSink } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeFolder } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { type SpanParts, type SpanValue, sendTraces, traceExport } from './otlp-spans.ts';
import { runCollector } from './run-collector.ts';

const collector = findComponent('collector');
const raw = (value: unknown): SpanValue => ({ raw: value });
const list = raw({ arrayValue: { values: [{ intValue: '5' }] } });
const map = raw({ kvlistValue: { values: [{ key: 'a', value: { intValue: '5' } }] } });

/** 1,000 tokens in and 500 out of gpt-4o: USD 0.0075 (openai.com/api/pricing, 2026-11-20). */
const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 500,
} as const;
const IN = 'gen_ai.usage.input_tokens';
const OUT = 'gen_ai.usage.output_tokens';
const many = Object.fromEntries(
  Array.from({ length: 10_000 }, (_, at) => [`hostile.${at}`, at % 2 === 0 ? at : `text ${at}`]),
);

interface Hostile {
  readonly note: string;
  readonly change: Readonly<Record<string, SpanValue>>;
  /** USD, the reason for none, or undefined for a span that is no call. */
  readonly want: number | string | undefined;
}

const CASES: readonly Hostile[] = [
  { note: 'numbers as text', change: { [IN]: '1000', [OUT]: '500' }, want: 0.0075 },
  { note: 'numbers as doubles', change: { [IN]: raw({ doubleValue: 1000 }) }, want: 0.0075 },
  { note: 'negative', change: { [IN]: -1 }, want: 'inconsistent_usage' },
  {
    note: 'huge',
    change: { [OUT]: raw({ intValue: '9223372036854775807' }) },
    want: 'inconsistent_usage',
  },
  {
    note: 'a huge double',
    change: { [OUT]: raw({ doubleValue: 1e300 }) },
    want: 'inconsistent_usage',
  },
  {
    note: 'not a number',
    change: { [IN]: raw({ doubleValue: 'NaN' }) },
    want: 'inconsistent_usage',
  },
  { note: 'words', change: { [IN]: 'many' }, want: 'inconsistent_usage' },
  { note: 'a list', change: { [IN]: list }, want: 'inconsistent_usage' },
  { note: 'a map', change: { [OUT]: map }, want: 'inconsistent_usage' },
  { note: 'bytes', change: { [OUT]: raw({ bytesValue: 'AAAA' }) }, want: 'inconsistent_usage' },
  {
    note: 'more cached than read',
    change: { 'gen_ai.usage.cache_read.input_tokens': 1001 },
    want: 'inconsistent_usage',
  },
  {
    note: 'more reasoning than output',
    change: { 'gen_ai.usage.reasoning.output_tokens': 501 },
    want: 'inconsistent_usage',
  },
  {
    note: 'a negative part',
    change: { 'gen_ai.usage.cache_read.input_tokens': -5 },
    want: 'inconsistent_usage',
  },
  {
    note: 'negative audio',
    change: { 'gen_ai.usage.audio.input_tokens': 2000 },
    want: 'inconsistent_usage',
  },
  { note: 'nothing', change: { [IN]: 0, [OUT]: 0 }, want: 'no_usage' },
  { note: 'a model of another type', change: { 'gen_ai.request.model': 5 }, want: 'unknown_model' },
  {
    note: 'a model that is a list',
    change: { 'gen_ai.request.model': list },
    want: 'unknown_model',
  },
  {
    note: 'an endless model',
    change: { 'gen_ai.request.model': 'gpt-4o'.repeat(5000) },
    want: 'unknown_model',
  },
  {
    note: 'a model made of table entries',
    change: { 'gen_ai.request.model': 'a>00001<gpt-4o' },
    want: 'unknown_model',
  },
  {
    note: 'the separator in a name',
    change: { 'gen_ai.request.model': 'gpt\u001f-4o\u001f' },
    want: 'unknown_model',
  },
  {
    note: 'the separator in labels',
    change: { 'tokenmeter.feature': 'a\u001fb', 'tokenmeter.team': '\u001f' },
    want: 0.0075,
  },
  {
    note: 'a provider of another type',
    change: { 'gen_ai.provider.name': true },
    want: 'unknown_model',
  },
  { note: 'an operation of another type', change: { 'gen_ai.operation.name': 7 }, want: undefined },
  {
    note: 'a cost planted',
    change: { 'tokenmeter.cost.total': 99, 'tokenmeter.unpriced.reason': 'x' },
    want: 0.0075,
  },
  {
    note: 'our own map planted',
    change: { tm: map, 'tm.series': 'x', 'tm.cr': 'y', 'tm.further': 1 },
    want: 0.0075,
  },
  { note: 'a negative provider cost', change: { 'gen_ai.usage.cost': -1 }, want: 0.0075 },
  {
    note: 'an absurd provider cost',
    change: { 'gen_ai.usage.cost': raw({ doubleValue: 1e200 }) },
    want: 0.0075,
  },
  { note: 'a provider cost as text', change: { 'gen_ai.usage.cost': '0.25' }, want: 0.25 },
  {
    note: 'JSON that is none',
    change: { 'gen_ai.usage.raw': '{"a"', 'output.value': '{"id":"x' },
    want: 0.0075,
  },
  {
    note: 'a service tier that nobody sells',
    change: { 'openai.response.service_tier': 'gold' },
    want: 'missing_rate',
  },
  { note: '10,000 attributes', change: many, want: 0.0075 },
];

test.skipIf(!collector.isThere)(
  'hostile spans never stop the Collector, cost nothing wrong, and are counted with their reason',
  { timeout: 120_000 },
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    await using running = await runCollector({
      binary: collector.isThere ? collector.path : '',
      folder: folder.path,
      backends: ['otlp'],
      env: { TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url },
    });
    const spans: readonly SpanParts[] = CASES.map(({ note, change }) => ({
      name: note,
      attributes: { ...CALL, ...change },
    }));
    // All in one export: one odd span must not cost the others anything.
    expect(await sendTraces(running.url, traceExport({ any: spans }))).toBe(200);
    for (const body of ['{', '{"resourceSpans":5}', '[]']) {
      expect(await sendTraces(running.url, body)).toBe(400);
    }
    await sink.until(() => sink.spans().length >= CASES.length);
    const got = sink.spans().map(({ name, attributes }) => ({
      note: name,
      want: attributes['tokenmeter.cost.total'] ?? attributes['tokenmeter.unpriced.reason'],
    }));
    expect(got.sort(byNote)).toEqual(CASES.map(({ note, want }) => ({ note, want })).sort(byNote));
    const leftOver = sink
      .spans()
      .flatMap(({ attributes }) =>
        Object.keys(attributes).filter((key) => key === 'tm' || key.startsWith('tm.')),
      );
    expect(leftOver).toEqual([]);
    const calls = CASES.filter(({ want }) => want !== undefined);
    const priced = calls.flatMap(({ want }) => (typeof want === 'number' ? want : []));
    await sink.until(() => sink.sumOf('tokenmeter.calls') >= calls.length);
    expect(sink.sumOf('tokenmeter.calls')).toBe(calls.length);
    expect(sink.sumOf('tokenmeter.unpriced')).toBe(calls.length - priced.length);
    expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(
      priced.reduce((sum, usd) => sum + usd, 0),
      12,
    );
    expect(sink.sumOf('tokenmeter.calls', { 'tokenmeter.feature': 'a b' })).toBe(1);
  },
);

function byNote(a: { readonly note: string }, b: { readonly note: string }): number {
  return a.note < b.note ? -1 : 1;
}
