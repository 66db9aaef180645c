import { expect, test } from 'vitest';
import { matchEndpoint } from './match-endpoint.ts';
import { createResponseDecoder, headerPrefixOf } from './response-decoder.ts';

const BEDROCK = 'bedrock-runtime.us-east-1.amazonaws.com';
const GPT_OSS = '/model/openai.gpt-oss-120b-1%3A0/invoke';
const CLAUDE = '/model/us.anthropic.claude-opus-5-5/invoke';
const GEMINI = 'generativelanguage.googleapis.com';
const PRO = '/v1beta/models/gemini-2.5-pro:generateContent';
const COMPLETION = '{"id":"c","usage":{"prompt_tokens":10,"completion_tokens":5}}';
const MESSAGE = '{"type":"message","usage":{"input_tokens":10,"service_tier":"standard"}}';
const ANSWER = '{"candidates":[],"usageMetadata":{"promptTokenCount":10}}';

// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html and
// https://ai.google.dev/gemini-api/docs/priority-inference (checked 2026-11-22).
test.for([
  { host: BEDROCK, path: GPT_OSS, header: 'flex', body: COMPLETION, want: 'flex' },
  { host: BEDROCK, path: CLAUDE, header: 'priority', body: MESSAGE, want: 'priority' },
  { host: BEDROCK, path: CLAUDE, header: undefined, body: MESSAGE, want: 'standard' },
  { host: GEMINI, path: PRO, header: 'priority', body: ANSWER, want: 'priority' },
  {
    host: GEMINI,
    path: PRO,
    header: 'priority',
    body: ANSWER.replace('10', '10,"serviceTier":"standard"'),
    want: 'standard',
  },
])('$path with the header $header is served at $want', ({ host, path, header, body, want }) => {
  const endpoint = matchEndpoint({ method: 'POST', host, path });
  if (endpoint === undefined) throw new Error('expected an endpoint');
  const prefix = host === GEMINI ? 'x-gemini-' : 'x-amzn-';
  expect(headerPrefixOf(endpoint)).toBe(prefix);
  const name = host === GEMINI ? 'x-gemini-service-tier' : 'x-amzn-bedrock-service-tier';
  const headers = header === undefined ? {} : { [name]: header };
  const head = { statusCode: 200, contentType: 'application/json', headers };
  const decoder = createResponseDecoder(endpoint, head, { isStreaming: false, parameters: {} });
  decoder.push(body);
  expect(decoder.result().modifiers.serviceTier).toBe(want);
});
