import { expect, test } from 'vitest';
import { parseDeclaredHosts } from './declared-hosts.ts';
import { matchEndpoint } from './match-endpoint.ts';

test.for([
  {
    note: 'an unknown host by path',
    host: 'gpu.internal',
    path: '/v1/chat/completions',
    want: 'openai openai.chat',
  },
  { note: 'preset', host: 'gpu', path: '/presets/a/chat/completions', want: 'openai openai.chat' },
  {
    note: 'a query',
    host: 'api.openai.com',
    path: '/v1/chat/completions?a=/v1/messages',
    want: 'openai openai.chat',
  },
  {
    note: 'a trailing slash',
    host: 'api.openai.com',
    path: '/v1/chat/completions/',
    want: 'openai openai.chat',
  },
  {
    note: 'upper case in the host',
    host: 'API.OpenAI.com',
    path: '/v1/responses',
    want: 'openai openai.responses',
  },
  {
    note: 'messages on this machine',
    host: '127.0.0.1',
    path: '/v1/messages',
    want: 'anthropic anthropic.messages',
  },
  {
    note: 'messages on IPv6 loopback',
    host: '[::1]',
    path: '/v1/messages',
    want: 'anthropic anthropic.messages',
  },
  {
    note: 'messages on IPv6 loopback without brackets',
    host: '::1',
    path: '/v1/messages',
    want: 'anthropic anthropic.messages',
  },
  {
    note: 'Bedrock on this machine',
    host: 'localhost',
    path: '/model/amazon.nova-lite-v1%3A0/converse',
    want: 'aws.bedrock bedrock.converse',
  },
  {
    note: 'Ollama by its port',
    host: 'localhost',
    port: 11434,
    path: '/v1/chat/completions',
    want: 'ollama openai.chat',
  },
  {
    note: 'the AI Foundry models path',
    host: 'x.services.ai.azure.com',
    path: '/models/chat/completions?api-version=1',
    want: 'azure.ai.inference openai.chat',
  },
  {
    note: 'Claude on AI Foundry',
    host: 'x.services.ai.azure.com',
    path: '/anthropic/v1/messages',
    want: 'anthropic anthropic.messages',
  },
  {
    note: 'Azure OpenAI of a government',
    host: 'x.openai.azure.us',
    path: '/openai/deployments/e/embeddings?api-version=1',
    want: 'azure.ai.openai openai.embeddings',
  },
  {
    note: 'Azure OpenAI in China',
    host: 'x.openai.azure.cn',
    path: '/openai/v1/responses',
    want: 'azure.ai.openai openai.responses',
  },
  {
    note: 'a batch of Azure OpenAI',
    host: 'x.openai.azure.com',
    path: '/openai/batches?api-version=1',
    want: 'azure.ai.openai openai.batches',
  },
  {
    note: 'Workers AI',
    host: 'api.cloudflare.com',
    path: '/client/v4/accounts/a/ai/v1/chat/completions',
    want: 'cloudflare openai.chat',
  },
  {
    note: 'a regional OpenAI host',
    host: 'eu.api.openai.com',
    path: '/v1/responses',
    want: 'openai openai.responses',
  },
])('$note matches', ({ want, ...request }) => {
  const endpoint = matchEndpoint({ method: 'POST', ...request });
  expect(`${endpoint?.provider} ${endpoint?.api}`).toBe(want);
});

test.for([
  { note: 'messages of an application of its own', host: 'chat.example.com', path: '/v1/messages' },
  { note: 'responses of a survey application', host: 'survey.example.com', path: '/v1/responses' },
  {
    note: 'token counting, which is free',
    host: 'api.anthropic.com',
    path: '/v1/messages/count_tokens',
  },
  {
    note: 'token counting of Gemini',
    host: 'generativelanguage.googleapis.com',
    path: '/v1beta/models/gemini-2.5-flash:countTokens',
  },
  {
    note: 'token counting of OpenAI',
    host: 'api.openai.com',
    path: '/v1/responses/input_tokens',
  },
  {
    note: 'token counting of Claude on Vertex',
    host: 'us-east5-aiplatform.googleapis.com',
    path: '/v1/projects/p/locations/us-east5/publishers/anthropic/models/count-tokens:rawPredict',
  },
  { note: 'cancelling a batch', host: 'api.openai.com', path: '/v1/batches/b_1/cancel' },
  { note: 'a chat route of an application', host: 'localhost', path: '/api/chat' },
  { note: 'another service of AWS', host: 's3.us-east-1.amazonaws.com', path: '/model/x/invoke' },
  {
    note: 'cancelling a message batch',
    host: 'api.anthropic.com',
    path: '/v1/messages/batches/msgbatch_1/cancel',
  },
  { note: 'batches of an application on this machine', host: 'localhost', path: '/v1/batches' },
  { note: 'rerank of an application on this machine', host: '127.0.0.1', path: '/rerank' },
  { note: 'videos of an application on this machine', host: 'localhost', path: '/v1/videos' },
  { note: 'events of an application', host: 'localhost', path: '/v1/sessions/1/events' },
  { note: 'runs of an evaluation', host: 'api.openai.com', path: '/v1/evals/e_1/runs' },
  {
    note: 'a model of one’s own on Vertex',
    host: 'us-central1-aiplatform.googleapis.com',
    path: '/v1/projects/p/locations/us-central1/endpoints/123:predict',
  },
  { note: 'uploading a file', host: 'api.openai.com', path: '/v1/files' },
  { note: 'conversations of another host', host: 'api.openai.com', path: '/v1/conversations' },
  { note: 'conversations of an application', host: 'localhost', path: '/conversations/conv_1' },
  {
    note: 'reading a conversation of OpenAI',
    host: 'api.openai.com',
    path: '/v1/conversations/conv_1',
  },
  { note: 'a list of models', host: 'api.openai.com', path: '/v1/models' },
  {
    note: 'a host that only looks alike',
    host: 'api.openai.com.example.org',
    path: '/v1/responses',
  },
  { note: 'another batch', host: 'api.cloudflare.com', path: '/client/v4/zones/z/batches' },
  {
    note: 'a preset made of a chat',
    host: 'openrouter.ai',
    path: '/api/v1/presets/support/chat/completions',
  },
  {
    note: 'a preset made of a response',
    host: 'openrouter.ai',
    path: '/api/v1/presets/support/responses',
  },
  { note: 'pictures of an application', host: 'localhost', path: '/v1/images' },
  { note: 'an empty path', host: '', path: '' },
])('$note does not match', (request) => {
  expect(matchEndpoint({ method: 'POST', ...request })).toBeUndefined();
});

test('other methods do not match', () => {
  const target = { host: 'api.openai.com', path: '/v1/chat/completions' };
  expect(matchEndpoint({ method: 'GET', ...target })).toBeUndefined();
  expect(matchEndpoint({ method: 'OPTIONS', ...target })).toBeUndefined();
});

test.for([
  { host: 'bedrock-runtime-fips.us-gov-west-1.amazonaws.com', region: 'us-gov-west-1' },
  { host: 'vpce-1-abc.bedrock-runtime.eu-west-1.vpce.amazonaws.com', region: 'eu-west-1' },
  { host: 'bedrock-runtime.cn-north-1.amazonaws.com.cn', region: 'cn-north-1' },
])('$host is Bedrock in $region', ({ host, region }) => {
  const path = '/model/arn%3Aaws%3Abedrock%3Aus%3A1%3Ainference-profile%2Fx/invoke';
  expect(matchEndpoint({ method: 'POST', host, path })).toEqual({
    api: 'bedrock.invoke',
    provider: 'aws.bedrock',
    operation: 'chat',
    modifiers: { region },
    pathModel: 'arn:aws:bedrock:us:1:inference-profile/x',
  });
});

test.for([
  { model: 'amazon.titan-embed-text-v2:0', want: 'embeddings' },
  { model: 'cohere.rerank-v3-5:0', want: 'rerank' },
  { model: 'stability.sd3-5-large-v1:0', want: 'image_generation' },
  { model: 'meta.llama3-3-70b-instruct-v1:0', want: 'chat' },
])('invoking $model is $want', ({ model, want }) => {
  const host = 'bedrock-runtime.us-east-1.amazonaws.com';
  const path = `/model/${encodeURIComponent(model)}/invoke`;
  expect(matchEndpoint({ method: 'POST', host, path })?.operation).toBe(want);
});

test.for([
  { host: 'aiplatform.googleapis.com', modifiers: {} },
  { host: 'us-east5-aiplatform.googleapis.com', modifiers: { region: 'us-east5' } },
  { host: 'aiplatform.us.rep.googleapis.com', modifiers: { region: 'us' } },
  { host: 'aiplatform.eu.rep.googleapis.com', modifiers: { region: 'eu' } },
])('$host is Vertex', ({ host, modifiers }) => {
  const path =
    '/v1/projects/p/locations/us/publishers/anthropic/models/claude-haiku-4-5@20251001:rawPredict';
  expect(matchEndpoint({ method: 'POST', host, path })).toMatchObject({
    provider: 'gcp.vertex_ai',
    modifiers,
  });
});

test('the region of a host is a price modifier', () => {
  const target = { method: 'POST', host: 'eu.api.openai.com', path: '/v1/chat/completions' };
  expect(matchEndpoint(target)?.modifiers).toEqual({ region: 'eu' });
});

test('a declared host has the declared provider, its port first', () => {
  const parsed = parseDeclaredHosts('gw.example.com=groq, gw.example.com:8443=x_ai');
  const hosts = parsed.ok ? parsed.hosts : undefined;
  const target = { method: 'POST', host: 'gw.example.com', path: '/v1/responses' };
  expect(matchEndpoint({ ...target, port: 8443 }, hosts)?.provider).toBe('x_ai');
  expect(matchEndpoint({ ...target, port: 443 }, hosts)?.provider).toBe('groq');
  expect(matchEndpoint(target, hosts)?.provider).toBe('groq');
});

test.for(['%3A', '%3a'])('a method of Google behind %s instead of a colon is found', (colon) => {
  const path = `/v1beta/models/gemini-2.5-flash${colon}streamGenerateContent?alt=sse`;
  const target = { method: 'POST', host: 'generativelanguage.googleapis.com', path };
  const want = { api: 'gemini.generate', pathModel: 'gemini-2.5-flash', isStreaming: true };
  expect(matchEndpoint(target)).toMatchObject(want);
});

test.for([
  { path: '/openai/v1/responses', provider: 'openai' },
  { path: '/anthropic/v1/messages', provider: 'anthropic' },
  { path: '/google/v1beta/models/gemini-2.5-flash:generateContent', provider: 'gcp.gemini' },
  { path: '/model/anthropic.claude-haiku-4-5/converse', provider: 'aws.bedrock' },
])('$path of a gateway to several providers is $provider', ({ path, provider }) => {
  const parsed = parseDeclaredHosts('llm.internal=*');
  const hosts = parsed.ok ? parsed.hosts : undefined;
  const target = { method: 'POST', host: 'llm.internal', port: 8080, path };
  expect(matchEndpoint(target, hosts)?.provider).toBe(provider);
});

test.for(['/v1/batches', '/v1/rerank', '/v1/videos', '/v1/decisions'])(
  '%s matches on a declared host',
  (path) => {
    const hosts = new Map([['127.0.0.1:4000', 'litellm']]);
    const target = { method: 'POST', host: '127.0.0.1', port: 4000, path };
    expect(matchEndpoint(target, hosts)?.provider).toBe('litellm');
  },
);

test('a declared IPv6 host matches with and without brackets', () => {
  const parsed = parseDeclaredHosts('[::1]:9000=groq');
  const hosts = parsed.ok ? parsed.hosts : undefined;
  for (const host of ['::1', '[::1]']) {
    const target = { method: 'POST', host, port: 9000, path: '/v1/chat/completions' };
    expect(matchEndpoint(target, hosts)?.provider).toBe('groq');
  }
});

test.for([
  { text: '', hosts: {} },
  { text: ' a.b=openai , [::1]:9000=ollama,', hosts: { 'a.b': 'openai', '[::1]:9000': 'ollama' } },
  { text: 'A.B:80=OpenAI', hosts: { 'a.b:80': 'openai' } },
])('hosts are parsed from "$text"', ({ text, hosts }) => {
  expect(parseDeclaredHosts(text)).toEqual({ ok: true, hosts: new Map(Object.entries(hosts)) });
});

test.for([
  { text: 'a.b', problem: 'expected host[:port]=provider, got "a.b"' },
  { text: 'a.b=', problem: 'expected host[:port]=provider, got "a.b="' },
  { text: 'a.b:99999=openai', problem: 'expected host[:port]=provider, got "a.b:99999=openai"' },
  {
    text: 'https://a.b=openai',
    problem: 'expected host[:port]=provider, got "https://a.b=openai"',
  },
  { text: 'a=x,a=y', problem: 'a is declared twice: as x and as y' },
])('"$text" is refused', ({ text, problem }) => {
  expect(parseDeclaredHosts(text)).toEqual({ ok: false, problem });
});
