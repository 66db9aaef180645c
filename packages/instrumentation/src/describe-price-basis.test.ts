import type { CallRecord } from '@tokenmeter/core';
import { expect, test } from 'vitest';
import { describePriceBasis } from './describe-price-basis.ts';
import { collectAttributes } from './put-attribute.ts';

const RECORD: CallRecord = {
  api: 'anthropic.messages',
  provider: 'anthropic',
  operation: 'chat',
  requestModel: 'claude-opus-5-5',
  startEpochMs: 1_790_000_000_000,
  endEpochMs: 1_790_000_002_500,
  isStreaming: false,
  outcome: 'ok',
  resendCount: 0,
  parameters: {},
  modifiers: {},
  usage: { kind: 'missing' },
};

const defined = (record: Partial<CallRecord>): object =>
  collectAttributes((put) => describePriceBasis({ ...RECORD, ...record }, put));

test.for<{ note: string; record: Partial<CallRecord>; want: object }>([
  {
    note: 'a plain call adds nothing',
    record: {
      usage: { kind: 'reported', tokens: { input: 5, output: 1 }, requests: {}, raw: {} },
    },
    want: {},
  },
  {
    note: 'lifetimes of cache writes, searches and modifiers',
    record: {
      modifiers: { serviceTier: 'batch', speed: 'fast', inferenceGeo: 'us' },
      usage: {
        kind: 'reported',
        tokens: { input: 5, cache_write_5m: 7, cache_write_1h: 9, output: 1 },
        requests: { web_search: 2 },
        raw: {},
      },
    },
    want: {
      'tokenmeter.tokens.cache_write_5m': 7,
      'tokenmeter.tokens.cache_write_1h': 9,
      'tokenmeter.requests.web_search': 2,
      'tokenmeter.price.service_tier': 'batch',
      'tokenmeter.price.speed': 'fast',
      'tokenmeter.price.inference_geo': 'us',
    },
  },
  {
    note: 'cached media by the names of the conventions, several passes by their number',
    record: {
      usage: {
        kind: 'reported',
        tokens: { cache_read_audio: 3, cache_read_image: 4, input_video: 6 },
        requests: {},
        raw: {},
        passes: [{ tokens: { input: 1 } }, { tokens: { input: 2 } }],
      },
    },
    want: {
      'gen_ai.usage.audio.cache_read.input_tokens': 3,
      'gen_ai.usage.image.cache_read.input_tokens': 4,
      'tokenmeter.tokens.input_video': 6,
      'tokenmeter.usage.passes': 2,
    },
  },
  {
    note: 'the tier of OpenAI has a name in the conventions',
    record: { provider: 'openai', modifiers: { serviceTier: 'flex', region: 'eu' } },
    want: { 'tokenmeter.price.region': 'eu' },
  },
  {
    note: 'a stored response that is fetched again has no price',
    record: { operation: 'fetch_response', modifiers: { serviceTier: 'batch' } },
    want: {},
  },
])('$note', ({ record, want }) => {
  expect(defined(record)).toEqual(want);
});
