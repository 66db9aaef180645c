import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type OtlpSink,
  type ReplyPlan,
  startOtlpSink,
  startReplayProvider,
} from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeExampleFolder } from './example-folder.ts';
import { folderOf } from './folder-of.ts';
import { runNode } from './run-process.ts';

/** OpenTelemetry of the application's own, with another instrumentation beside ours if one is named. */
const SETUP = `
  const { NodeSDK } = require('@opentelemetry/sdk-node');
  const { TokenmeterInstrumentation } = require('@tokenmeter/instrumentation');
  const others = [];
  if (process.env.OTHER !== '') {
    const { OpenAIInstrumentation } = require(process.env.OTHER);
    others.push(new OpenAIInstrumentation());
  }
  const sdk = new NodeSDK({ instrumentations: [...others, new TokenmeterInstrumentation()] });
  sdk.start();
  globalThis.shutdown = () => sdk.shutdown();
`;

/** Whole, compressed, streamed, left early, refused, and repeated. */
const ANTHROPIC = `
  const { default: Anthropic } = require('@anthropic-ai/sdk');
  const client = new Anthropic({ apiKey: 'none', baseURL: process.env.PROVIDER, maxRetries: 1 });
  const ask = (content, more) => ({
    model: 'claude-haiku-4-5',
    max_tokens: 64,
    messages: [{ role: 'user', content }],
    ...more,
  });
  (async () => {
    await client.messages.create(ask('case:plain', { top_k: 5 }));
    await client.messages.create(ask('case:gzip'));
    for await (const _ of await client.messages.create(ask('case:plain', { stream: true })));
    for await (const event of await client.messages.create(ask('case:hang', { stream: true }))) {
      if (event.type === 'content_block_delta') break;
    }
    await client.messages.create(ask('case:fail')).catch(() => undefined);
    await client.messages.create(ask('case:retry'));
    await globalThis.shutdown();
  })();
`;

const AI_SDK = `
  const { createOpenAI } = require('@ai-sdk/openai');
  const { OpenTelemetry } = require('@ai-sdk/otel');
  const { generateText, registerTelemetry, streamText } = require('ai');
  registerTelemetry(new OpenTelemetry());
  const openai = createOpenAI({ apiKey: 'none', baseURL: process.env.PROVIDER + '/v1' });
  const model = openai.chat('gpt-4o-mini');
  (async () => {
    await generateText({ model, prompt: 'x', telemetry: { functionId: 'answer' } });
    for await (const _ of streamText({ model, prompt: 'x' }).textStream);
    await globalThis.shutdown();
  })();
`;

const OPENAI = `
  const { default: OpenAI } = require('openai');
  const client = new OpenAI({ apiKey: 'none', baseURL: process.env.PROVIDER + '/v1' });
  const ask = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] };
  const streamed = { ...ask, stream: true, stream_options: { include_usage: true } };
  (async () => {
    await client.chat.completions.create(ask);
    for await (const _ of await client.chat.completions.create(streamed));
    await globalThis.shutdown();
  })();
`;

const plan: ReplyPlan = ({ body }) => {
  switch (/case:(\w+)/.exec(JSON.stringify(body))?.[1]) {
    case 'gzip':
      return { encoding: 'gzip' };
    case 'hang':
      return { hang: 'body' };
    case 'fail':
      return { status: 400 };
    case 'retry':
      return { failures: { status: 500, count: 1 } };
    default:
      return {};
  }
};

interface Case {
  readonly note: string;
  readonly app: string;
  /** Package of the instrumentation beside ours. */
  readonly other: string;
  /** Every span of the run that has a GenAI operation, in words. */
  readonly want: readonly string[];
  readonly calls: number;
  readonly tokens: number;
}

const ANTHROPIC_SPAN = 'com.anthropic.sdk.typescript: chat claude-haiku-4-5';

const CASES: readonly Case[] = [
  {
    note: 'the Anthropic SDK’s own',
    app: ANTHROPIC,
    other: '',
    want: [
      `${ANTHROPIC_SPAN} unset ok 120`,
      `${ANTHROPIC_SPAN} unset ok 120`,
      `${ANTHROPIC_SPAN} unset ok 120`,
      // What was known when the stream was left: the whole input and one token.
      `${ANTHROPIC_SPAN} unset aborted 101`,
      `${ANTHROPIC_SPAN} error error none`,
      `${ANTHROPIC_SPAN} unset ok 120`,
      '@tokenmeter/instrumentation: chat claude-haiku-4-5 error error none',
    ],
    calls: 7,
    tokens: 581,
  },
  {
    note: 'AI SDK 7 with @ai-sdk/otel',
    app: AI_SDK,
    other: '',
    want: [
      'gen_ai: chat gpt-4o-mini unset ok 120',
      'gen_ai: invoke_agent gpt-4o-mini unset unmetered 120',
      'gen_ai: step 1 unset unmetered none',
      'gen_ai: chat gpt-4o-mini unset ok 120',
      'gen_ai: invoke_agent gpt-4o-mini unset unmetered 120',
      'gen_ai: step 1 unset unmetered none',
    ],
    calls: 2,
    tokens: 240,
  },
  {
    note: '@opentelemetry/instrumentation-openai',
    app: OPENAI,
    other: '@opentelemetry/instrumentation-openai',
    want: [
      '@opentelemetry/instrumentation-openai: chat gpt-4o-mini unset ok 120',
      '@opentelemetry/instrumentation-openai: chat gpt-4o-mini unset ok 120',
    ],
    calls: 2,
    tokens: 240,
  },
  {
    note: '@traceloop/instrumentation-openai',
    app: OPENAI,
    other: '@traceloop/instrumentation-openai',
    want: [
      '@traceloop/instrumentation-openai: chat gpt-4o-mini unset ok 120',
      '@traceloop/instrumentation-openai: chat gpt-4o-mini unset ok 120',
    ],
    calls: 2,
    tokens: 240,
  },
  {
    note: '@arizeai/openinference-instrumentation-openai, which does not speak the conventions',
    app: OPENAI,
    other: '@arizeai/openinference-instrumentation-openai',
    want: [
      '@tokenmeter/instrumentation: chat gpt-4o-mini unset ok 120',
      '@tokenmeter/instrumentation: chat gpt-4o-mini unset ok 120',
    ],
    calls: 2,
    tokens: 240,
  },
];

/** Who wrote each span, its name and status, and what it says of the call. */
function told(sink: OtlpSink): readonly string[] {
  return sink
    .spans()
    .filter(({ attributes }) => attributes['gen_ai.operation.name'] !== undefined)
    .map(({ scope, name, status, attributes }) => {
      const input = attributes['gen_ai.usage.input_tokens'];
      const output = attributes['gen_ai.usage.output_tokens'];
      const tokens = input === undefined ? 'none' : Number(input) + Number(output);
      const outcome = attributes['tokenmeter.outcome'] ?? 'unmetered';
      return `${scope.name}: ${name} ${status.code} ${outcome} ${tokens}`;
    });
}

test.for(CASES)(
  'spans of $note: one for each call, none counted twice',
  { timeout: 300_000, retry: { count: 4, delay: 2000 } },
  async ({ app, other, want, calls, tokens }, context) => {
    using folder = makeExampleFolder(await folderOf('native', context));
    writeFileSync(join(folder.path, 'app.cjs'), app);
    writeFileSync(join(folder.path, 'setup.cjs'), SETUP);
    await using provider = await startReplayProvider({ plan });
    await using sink = await startOtlpSink();
    const { code, stdout, stderr } = await runNode(['--require', './setup.cjs', 'app.cjs'], {
      cwd: folder.path,
      env: {
        PROVIDER: provider.url,
        OTHER: other,
        OPENAI_API_KEY: 'none',
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_LOGS_EXPORTER: 'none',
      },
    });
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '' });
    expect([...told(sink)].sort()).toEqual([...want].sort());
    expect(sink.sumOf('tokenmeter.calls')).toBe(calls);
    expect(sink.sumOf('tokenmeter.tokens')).toBe(tokens);
    // The metered spans' costs sum to the counters: what is counted is on exactly one span.
    const costs = sink
      .spans()
      .map(({ attributes }) => Number(attributes['tokenmeter.cost.total'] ?? 0));
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(
      sink.sumOf('tokenmeter.cost'),
      12,
    );
  },
);
