import { expect, test } from 'vitest';
import { bundledPriceBook, priceCall } from '../../packages/pricing/src/index.ts';
import { tokenmeter } from '../../packages/semconv/src/index.ts';
import { findComponent } from '../support/components.ts';
import { sendTraces, traceExport } from './otlp-spans.ts';
import { drawCalls, type RandomCall } from './random-calls.ts';
import { runIntoSink } from './run-into-sink.ts';

const collector = findComponent('collector');
const SPANS = 10_000;
const PER_EXPORT = 500;
const SEED = 20_261_121;
const book = bundledPriceBook();

/** Pico-USD, or why there is none. */
function expected({ call }: RandomCall): string {
  const priced = priceCall(call, book);
  return priced.kind === 'priced' ? `${priced.totalPicoUsd}` : priced.reason;
}

test.skipIf(!collector.isThere)(
  'the Collector and priceCall agree on 10,000 spans over the whole book, to the pico-USD',
  { timeout: 240_000 },
  async () => {
    await using run = await runIntoSink(collector);
    const { running, sink } = run;
    const calls = drawCalls(book, SPANS, SEED);
    for (let at = 0; at < SPANS; at += PER_EXPORT) {
      const spans = calls.slice(at, at + PER_EXPORT).map(({ call, attributes }, index) => ({
        name: String(at + index),
        attributes,
        startEpochMs: call.startEpochMs,
        endEpochMs: call.endEpochMs ?? 0,
      }));
      expect(await sendTraces(running.url, traceExport({ any: spans }))).toBe(200);
    }
    await sink.until(() => sink.spans().length >= SPANS, 120_000);
    const wrong = sink.spans().flatMap(({ name, attributes }) => {
      const drawn = calls[Number(name)];
      if (drawn === undefined) return [`no call ${name}`];
      const total = attributes[tokenmeter.costTotal];
      const got =
        typeof total === 'number'
          ? String(Math.round(total * 1e12))
          : String(attributes[tokenmeter.unpricedReason]);
      const want = expected(drawn);
      return got === want
        ? []
        : [
            JSON.stringify({
              want,
              got,
              ...drawn.attributes,
              at: new Date(drawn.call.startEpochMs),
            }),
          ];
    });
    expect(wrong.slice(0, 20)).toEqual([]);
    const priced = calls.filter((call) => /^\d+$/.test(expected(call)));
    expect(priced.length).toBeGreaterThan(SPANS / 3);
  },
);
