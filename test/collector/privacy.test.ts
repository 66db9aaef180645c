import { expect, test } from 'vitest';
import { readCaptures } from '../dialects/read-captures.ts';
import { findComponent } from '../support/components.ts';
import { sendTraces } from './otlp-spans.ts';
import { runIntoSink } from './run-into-sink.ts';

const collector = findComponent('collector');
/** What programs wrote to models, what models answered, and what providers quoted in errors. */
const CONTENT = /\b(?:hello|the answer|Tells the time|replay plan)\b/i;

test.skipIf(!collector.isThere)(
  'nothing that was written or answered in any capture reaches a backend, unless it is let through',
  { timeout: 180_000 },
  async () => {
    const sent = readCaptures().flatMap(({ steps }) =>
      steps.map(({ traces }) => JSON.stringify(traces)).filter((body) => CONTENT.test(body)),
    );
    expect(sent.length).toBeGreaterThan(500);
    for (const isKept of [false, true]) {
      await using run = await runIntoSink(collector, { args: isKept ? ['--keep-content'] : [] });
      const { running, sink } = run;
      for (const body of isKept ? sent.slice(0, 5) : sent) {
        expect(await sendTraces(running.url, body)).toBe(200);
      }
      expect(await running.stop()).toBe(0);
      expect(sink.spans().length).toBeGreaterThan(isKept ? 4 : 500);
      const leaks = sink
        .spans()
        .filter(({ attributes, events, status }) =>
          CONTENT.test(JSON.stringify([attributes, events, status])),
        );
      expect(leaks.length > 0).toBe(isKept);
    }
  },
);
