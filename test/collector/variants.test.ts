import { expect, test } from 'vitest';
import { VARIANTS } from '../dialects/variants/index.ts';
import { CLASSES, wantedCharge } from '../dialects/variants/wanted-charge.ts';
import { findComponent } from '../support/components.ts';
import { sendTraces, traceExport } from './otlp-spans.ts';
import { runIntoSink } from './run-into-sink.ts';

const collector = findComponent('collector');
const PICO = 1e12;

test.skipIf(!collector.isThere)(
  'spans that nobody captured are charged once, in their classes, at the price of priceCall',
  { timeout: 240_000 },
  async () => {
    await using run = await runIntoSink(collector);
    const { running, sink } = run;
    for (const { note, scopes } of VARIANTS) {
      expect(await sendTraces(running.url, traceExport(scopes, { 'service.name': note }))).toBe(
        200,
      );
    }
    expect(await running.stop()).toBe(0);
    const got = VARIANTS.map(({ note }) => {
      const service = { 'service.name': note };
      const counted = (name: string): number =>
        sink.sumOf('tokenmeter.tokens', { ...service, 'tokenmeter.token.class': name }) +
        (name === 'cache_write' ? counted('cache_write_5m') + counted('cache_write_1h') : 0);
      return {
        note,
        calls: sink.sumOf('tokenmeter.calls', service),
        tokens: Object.fromEntries(CLASSES.map((name) => [name, counted(name)])),
        picoUsd: Math.round(sink.sumOf('tokenmeter.cost', service) * PICO),
        unpriced: sink.sumOf('tokenmeter.unpriced', service),
      };
    });
    expect(got).toEqual(VARIANTS.map(wantedCharge));
  },
);
