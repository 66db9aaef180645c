import OpenAI from 'openai';
import { expect, test } from 'vitest';
import {
  CHAT_COMPLETION,
  CHAT_EVENTS,
  sendEvents,
  sendJson,
  startProvider,
} from './provider.test-kit.ts';
import { startTelemetry } from './telemetry.test-kit.ts';
import type { TokenmeterConfig } from './tokenmeter-config.ts';

const ASK = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'my secret' }] };
const INPUT = [{ role: 'user', parts: [{ type: 'text', content: 'my secret' }] }];
const OUTPUT = [
  { role: 'assistant', parts: [{ type: 'text', content: 'Grüße' }], finish_reason: 'stop' },
];

/** The content on the spans of a whole and a streamed call. */
async function contentWith(config: TokenmeterConfig): Promise<readonly unknown[]> {
  await using provider = await startProvider((response, _request, index) =>
    index === 0 ? sendJson(response, CHAT_COMPLETION) : sendEvents(response, CHAT_EVENTS),
  );
  using telemetry = startTelemetry(config);
  const client = new OpenAI({ apiKey: 'k', baseURL: `${provider.url}/v1`, maxRetries: 0 });
  await client.chat.completions.create(ASK);
  for await (const _ of await client.chat.completions.create({ ...ASK, stream: true }));
  await telemetry.metered(2);
  return telemetry.spans().map(({ attributes }) => {
    const parsed = (key: string): unknown => {
      const value = attributes[key];
      return typeof value === 'string' ? JSON.parse(value) : undefined;
    };
    return [parsed('gen_ai.input.messages'), parsed('gen_ai.output.messages')];
  });
}

test('no content is captured unless it was switched on', async () => {
  const seen: unknown[] = [];
  const content = await contentWith({ onCall: ({ record }) => seen.push(record.content) });
  expect(content).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
  expect(seen).toEqual([undefined, undefined]);
});

test('content is on spans as the conventions write it', async () => {
  expect(await contentWith({ captureContent: true })).toEqual([
    [INPUT, OUTPUT],
    [INPUT, OUTPUT],
  ]);
});

async function fail(): Promise<never> {
  throw new Error('broken');
}

test.for([
  {
    note: 'replaces',
    redactContent: () => ({ messages: [{ role: 'user', parts: [] }] }),
    want: [[{ role: 'user', parts: [] }], undefined],
  },
  { note: 'keeps nothing', redactContent: () => undefined, want: [undefined, undefined] },
  {
    note: 'throws',
    redactContent: () => {
      throw new Error('broken');
    },
    want: [undefined, undefined],
  },
  {
    note: 'makes what is no JSON',
    redactContent: () => JSON.parse('{"messages": 1}', () => ({ messages: [{ count: 1n }] })),
    want: [undefined, undefined],
  },
  {
    note: 'makes no list',
    redactContent: () => JSON.parse('{"messages": null, "output": 7}'),
    want: [undefined, undefined],
  },
  { note: 'makes null', redactContent: () => JSON.parse('null'), want: [undefined, undefined] },
  {
    note: 'promises and fails',
    redactContent: () => Reflect.apply(fail, undefined, []),
    want: [undefined, undefined],
  },
])('a redaction hook that $note has the last word', async ({ redactContent, want }) => {
  expect(await contentWith({ captureContent: true, redactContent })).toEqual([want, want]);
});
