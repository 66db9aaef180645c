import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ApiName } from './call-record.ts';
import { decodeRequest } from './decode-request.ts';
import type { DecodedResponse, Endpoint } from './decoder.ts';
import { matchEndpoint } from './match-endpoint.ts';
import { API_NAMES } from './protocol-of.ts';
import { createResponseDecoder } from './response-decoder.ts';

const APIS = API_NAMES;

/** Names that some protocol reads, so that random JSON reaches deep into the code. */
const KEYS: readonly string[] =
  `usage usageMetadata meta billed_units tokens choices candidates delta message response type id model error code
  status object data output action embeddings predictions statistics iterations cache_creation content
  prompt_tokens completion_tokens total_tokens input_tokens output_tokens prompt_tokens_details cached_tokens
  completion_tokens_details reasoning_tokens cache_read_input_tokens cache_creation_input_tokens cost is_byok
  cost_in_usd_ticks promptTokenCount candidatesTokenCount totalTokenCount promptTokensDetails modality tokenCount
  groundingMetadata webSearchQueries inputTokens outputTokens totalTokens cacheDetails ttl prompt_eval_count eval_count
  done x_groq tool_usage web_search num_requests finish_reason finishReason event_type interaction
  inputTokens outputTokens noCache cacheRead providerMetadata gateway marketCost anthropic
  connector_tokens connectors outputs usage_info status stop model messages stream generationConfig options __proto__ constructor`.split(
    /\s+/,
  );

const WORDS = [
  'message',
  'message_start',
  'message_delta',
  'error',
  'response.completed',
  'AUDIO',
  '1h',
  'web_search_call',
];

const { value: anyBody } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(null, true, 0, 1, -1, 1.5, 1e308, ...WORDS),
    fc.nat(1000),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 8 }),
  ),
}));

function endpointOf(api: ApiName): Endpoint {
  return { api, provider: 'openrouter', operation: 'chat', modifiers: {} };
}

function expectSound({ usage }: DecodedResponse): void {
  if (usage.kind !== 'reported') return;
  const counts = [...Object.values(usage.tokens), ...Object.values(usage.requests)];
  expect(counts.filter((count) => !Number.isSafeInteger(count) || count < 0)).toEqual([]);
}

test('any JSON decodes for every API, whole or as events, without a bad number', () => {
  fc.assert(
    fc.property(fc.constantFrom(...APIS), anyBody, anyBody, (api, request, response) => {
      const endpoint = endpointOf(api);
      const decoded = decodeRequest(endpoint, JSON.stringify(request));
      const text = JSON.stringify(response);
      for (const wire of [text, `data: ${text}\n\n`, `[${text},${text}]`, `${text}\n${text}\n`]) {
        const decoder = createResponseDecoder(endpoint, { statusCode: 200 }, decoded);
        decoder.push(wire);
        expectSound(decoder.result());
      }
    }),
    { numRuns: 3000 },
  );
});

test('any text and any bytes decode without throwing', () => {
  const contentType = fc.constantFrom(
    undefined,
    'application/json',
    'text/event-stream',
    'application/vnd.amazon.eventstream',
    'audio/mpeg',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...APIS),
      contentType,
      fc.string({ unit: 'binary' }),
      fc.uint8Array(),
      (api, type, text, bytes) => {
        const endpoint = endpointOf(api);
        const head =
          type === undefined ? { statusCode: 200 } : { statusCode: 200, contentType: type };
        const decoder = createResponseDecoder(endpoint, head, decodeRequest(endpoint, text));
        decoder.push(text);
        decoder.pushBytes?.(bytes);
        expectSound(decoder.result());
      },
    ),
    { numRuns: 1000 },
  );
});

test('any method, host and path is matched or not, without throwing', () => {
  const path = fc.oneof(
    fc.string(),
    fc.webPath(),
    fc.constantFrom('/v1/chat/completions', '/%E0/model/%/invoke'),
  );
  fc.assert(
    fc.property(fc.string(), fc.string(), path, (method, host, target) => {
      expect(matchEndpoint({ method, host, path: target })?.api).not.toBe('custom');
    }),
  );
});
