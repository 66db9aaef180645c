import { expect, test } from 'vitest';
import { findComponent } from '../support/components.ts';
import { HOSTILE_CALL } from './hostile-spans.ts';
import { type SpanParts, traceExport } from './otlp-spans.ts';
import { runIntoSink } from './run-into-sink.ts';

const collector = findComponent('collector');
const BROKEN = 'BROKEN';

/** Bytes that no text has, where the export says `BROKEN`. */
function breakText(body: string): Buffer {
  const bytes = Buffer.from(body);
  for (let at = bytes.indexOf(BROKEN); at >= 0; at = bytes.indexOf(BROKEN)) {
    bytes.fill(0xff, at, at + BROKEN.length);
  }
  return bytes;
}

const called = (attributes: SpanParts['attributes']): SpanParts => ({
  attributes: { ...HOSTILE_CALL, ...attributes },
});

test.skipIf(!collector.isThere).for([
  {
    note: 'labels of money are repaired, and nobody else’s money is lost with them',
    env: {},
    scopes: {
      [`scope ${BROKEN}`]: [called({ 'tokenmeter.feature': BROKEN, 'gen_ai.response.id': BROKEN })],
    },
    calls: 2,
  },
  {
    note: 'any text of a span is repaired where senders are known for it',
    env: { TOKENMETER_REPAIR_TEXT: 'on' },
    scopes: {
      tokenmeter: [called({ 'gen_ai.conversation.id': BROKEN, 'tokenmeter.metered': true })],
    },
    calls: 1,
  },
])('text that is no UTF-8: $note', { timeout: 240_000 }, async ({ env, scopes, calls }) => {
  // Reads protobuf strictly, as most backends do: one broken text refuses all that came with it.
  await using run = await runIntoSink(collector, { env });
  const { running, sink } = run;
  const bodies = [
    traceExport(scopes, { 'service.name': `shop ${BROKEN}` }),
    traceExport({ a: [called({})] }),
  ];
  for (const body of bodies) {
    const answer = await fetch(`${running.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: breakText(body),
    });
    expect(answer.status).toBe(200);
  }
  expect(await running.stop()).toBe(0);
  expect(sink.spans()).toHaveLength(2);
  expect(sink.sumOf('tokenmeter.calls')).toBe(calls);
  expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(calls * 0.0075, 12);
});
