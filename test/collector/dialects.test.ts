import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { CALL, CALL_EXPORTS as EXPORTS, ID } from './call-exports.ts';
import { sendTraces, traceExport } from './otlp-spans.ts';
import { runIntoSink } from './run-into-sink.ts';

const collector = findComponent('collector');

test.skipIf(!collector.isThere)(
  'every captured call of every instrumentation is charged once, with its classes and its cost',
  { timeout: 300_000 },
  async () => {
    const child = spawn(process.execPath, [join(root, 'test/dialects/check.mjs')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await once(child, 'close');
    const lines = output.trim().split('\n');
    expect(lines.slice(0, -1)).toEqual([]);
    const [, good, all] = /^(\d+) of (\d+) steps as expected$/.exec(lines.at(-1) ?? '') ?? [];
    expect(Number(all)).toBeGreaterThan(900);
    expect(good).toBe(all);
  },
);

test.skipIf(!collector.isThere)(
  'what is a call, and which figure counts',
  { timeout: 240_000 },
  async () => {
    await using run = await runIntoSink(collector);
    const { running, sink } = run;
    for (const { note, scopes } of EXPORTS) {
      const body = traceExport(scopes, { 'service.name': note });
      expect(await sendTraces(running.url, body)).toBe(200);
    }
    expect(await running.stop()).toBe(0);
    const got = EXPORTS.map(({ note }) => {
      const filter = { 'service.name': note };
      return {
        note,
        calls: sink.sumOf('tokenmeter.calls', filter),
        usd: Number(sink.sumOf('tokenmeter.cost', filter).toFixed(9)),
      };
    });
    expect(got).toEqual(EXPORTS.map(({ note, calls, usd }) => ({ note, calls, usd })));
  },
);

test.skipIf(!collector.isThere)(
  'a scope can be left out, and doubles be counted',
  { timeout: 240_000 },
  async () => {
    await using run = await runIntoSink(collector, {
      env: { TOKENMETER_IGNORE_SCOPES: 'openinference[.]', TOKENMETER_DOUBLES: 'all' },
    });
    const { running, sink } = run;
    const twice = { attributes: { ...CALL, ...ID } };
    const scopes = { 'openinference.instrumentation.openai': [twice], a: [twice], b: [twice] };
    expect(await sendTraces(running.url, traceExport(scopes))).toBe(200);
    expect(await running.stop()).toBe(0);
    expect(sink.sumOf('tokenmeter.calls')).toBe(2);
    const marks = sink.spans().map(({ attributes }) => ({
      metered: attributes['tokenmeter.metered'],
      double: attributes['tokenmeter.double'],
    }));
    expect(marks).toHaveLength(3);
    expect(
      marks.filter(({ metered, double }) => metered === true && double === undefined),
    ).toHaveLength(2);
    expect(
      marks.filter(({ metered, double }) => metered === undefined && double === true),
    ).toHaveLength(1);
  },
);
