import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startOtlpSink } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeFolder, root } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { type SpanParts, sendTraces, traceExport } from './otlp-spans.ts';
import { runCollector } from './run-collector.ts';

const collector = findComponent('collector');
const binary = collector.isThere ? collector.path : '';

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

/** 1,000 tokens in and 500 out of gpt-4o: USD 0.0075 (openai.com/api/pricing, 2026-11-20). */
const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 500,
} as const;
const ID = { 'gen_ai.response.id': 'chatcmpl-abc123' } as const;

interface Export {
  readonly note: string;
  readonly scopes: Readonly<Record<string, readonly SpanParts[]>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly calls: number;
  readonly usd: number;
}

const EXPORTS: readonly Export[] = [
  {
    note: 'two instrumentations of one client, joined by the response id',
    scopes: { a: [{ attributes: { ...CALL, ...ID } }], b: [{ attributes: { ...CALL, ...ID } }] },
    calls: 1,
    usd: 0.0075,
  },
  {
    note: 'one instrumentation whose provider repeats an id',
    scopes: { a: [{ attributes: { ...CALL, ...ID } }, { attributes: { ...CALL, ...ID } }] },
    calls: 2,
    usd: 0.015,
  },
  {
    note: 'a framework around a client',
    scopes: {
      framework: [{ attributes: CALL, spanId: 'aaaaaaaaaaaaaaaa' }],
      client: [{ attributes: CALL, parentSpanId: 'aaaaaaaaaaaaaaaa' }],
    },
    calls: 1,
    usd: 0.0075,
  },
  {
    note: 'a framework that says more than the client inside it, with one response id',
    scopes: {
      framework: [
        {
          attributes: { ...CALL, ...ID, 'gen_ai.usage.cache_read.input_tokens': 0 },
          spanId: 'cccccccccccccccc',
        },
      ],
      client: [{ attributes: { ...CALL, ...ID }, parentSpanId: 'cccccccccccccccc' }],
    },
    calls: 1,
    usd: 0.0075,
  },
  {
    note: 'an embedding inside a chat',
    scopes: {
      a: [
        { attributes: CALL, spanId: 'bbbbbbbbbbbbbbbb' },
        {
          attributes: {
            ...CALL,
            'gen_ai.operation.name': 'embeddings',
            'gen_ai.request.model': 'text-embedding-3-small',
          },
          parentSpanId: 'bbbbbbbbbbbbbbbb',
        },
      ],
    },
    calls: 2,
    // text-embedding-3-small asks USD 0.02 per million tokens of input and has no output: the second call is unpriced.
    usd: 0.0075,
  },
  {
    note: 'agents, tools and workflows',
    scopes: {
      a: ['invoke_agent', 'create_agent', 'execute_tool', 'invoke_workflow', 'retrieval'].map(
        (operation) => ({ attributes: { ...CALL, 'gen_ai.operation.name': operation } }),
      ),
    },
    calls: 0,
    usd: 0,
  },
  {
    note: 'a failed call without usage',
    scopes: {
      a: [
        {
          attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' },
          isError: true,
        },
      ],
    },
    calls: 1,
    usd: 0,
  },
  {
    note: 'a call that was metered where it was made',
    scopes: { a: [{ attributes: { ...CALL, 'tokenmeter.metered': true } }] },
    calls: 0,
    usd: 0,
  },
  {
    note: 'the cost that a provider reported',
    scopes: { a: [{ attributes: { ...CALL, 'gen_ai.usage.cost': 0.5 } }] },
    calls: 1,
    usd: 0.5,
  },
  {
    note: 'the cost that a library worked out',
    scopes: {
      'openlit.instrumentation.openai': [{ attributes: { ...CALL, 'gen_ai.usage.cost': 0.5 } }],
    },
    calls: 1,
    usd: 0.0075,
  },
  {
    note: 'names of the conventions from nobody known, without a provider',
    scopes: {
      'com.example.unheard-of': [
        {
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.response.model': 'gpt-4o',
            'gen_ai.usage.input_tokens': 1000,
            'gen_ai.usage.output_tokens': 500,
          },
        },
      ],
    },
    calls: 1,
    usd: 0.0075,
  },
];

test.skipIf(!collector.isThere)(
  'what is a call, and which figure counts',
  { timeout: 120_000 },
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    await using running = await runCollector({
      binary,
      folder: folder.path,
      backends: ['otlp'],
      env: { TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url },
    });
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
  { timeout: 60_000 },
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    await using running = await runCollector({
      binary,
      folder: folder.path,
      backends: ['otlp'],
      env: {
        TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url,
        TOKENMETER_IGNORE_SCOPES: 'openinference[.]',
        TOKENMETER_DOUBLES: 'all',
      },
    });
    const twice = { attributes: { ...CALL, ...ID } };
    const scopes = { 'openinference.instrumentation.openai': [twice], a: [twice], b: [twice] };
    expect(await sendTraces(running.url, traceExport(scopes))).toBe(200);
    expect(await running.stop()).toBe(0);
    expect(sink.sumOf('tokenmeter.calls')).toBe(2);
    expect(
      sink.spans().filter((span) => span.attributes['tokenmeter.metered'] === true),
    ).toHaveLength(2);
  },
);
