import { expect, test } from 'vitest';
import { findComponent } from '../support/components.ts';
import { HOSTILE_CALL as CALL, HOSTILE_SPANS as CASES } from './hostile-spans.ts';
import { type SpanParts, sendTraces, traceExport } from './otlp-spans.ts';
import { runIntoSink } from './run-into-sink.ts';

const collector = findComponent('collector');
test.skipIf(!collector.isThere)(
  'hostile spans never stop the Collector, cost nothing wrong, and are counted with their reason',
  { timeout: 240_000 },
  async () => {
    await using run = await runIntoSink(collector);
    const { running, sink } = run;
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
    // Counts that contradict themselves are in no counter; those of calls without a price are.
    const counted = calls.filter(
      ({ want }) => want !== 'inconsistent_usage' && want !== 'no_usage',
    );
    expect(sink.sumOf('tokenmeter.tokens')).toBe(counted.length * 1500);
  },
);

test.skipIf(!collector.isThere)(
  'spans without an id are not one span',
  { timeout: 120_000 },
  async () => {
    await using run = await runIntoSink(collector);
    const { running, sink } = run;
    const nameless = (attributes: SpanParts['attributes']): SpanParts => ({
      traceId: '',
      spanId: '',
      attributes,
    });
    const spans = [
      nameless(CALL),
      nameless({ ...CALL, 'llm.request.type': 'chat' }),
      { attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' } },
    ];
    expect(await sendTraces(running.url, traceExport({ any: spans }))).toBe(200);
    await sink.until(() => sink.sumOf('tokenmeter.calls') >= 3);
    expect(sink.sumOf('tokenmeter.calls')).toBe(3);
    expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(0.015, 12);
  },
);

function byNote(a: { readonly note: string }, b: { readonly note: string }): number {
  return a.note < b.note ? -1 : 1;
}
