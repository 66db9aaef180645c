import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { attempt, http2Url, run, settled, tlsUrl, url } from './program.mjs';

const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
const shared = { region: 'us-east-1', credentials, maxAttempts: 2 };
const ask = (text) => ({
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user', content: [{ text }] }],
});
const withoutIds = ({ $metadata, ...rest }) => ({ ...rest, attempts: $metadata.attempts });

async function calls(name, client) {
  const converse = (text, options) => client.send(new ConverseCommand(ask(text)), options);
  const stream = (text, options) => client.send(new ConverseStreamCommand(ask(text)), options);
  await attempt(`${name} converse`, async () => withoutIds(await converse('plain')));
  await attempt(`${name} stream`, async () => {
    const seen = [];
    for await (const event of (await stream('stream')).stream) seen.push(event);
    return seen;
  });
  await attempt(`${name} abort`, async () => {
    const controller = new AbortController();
    const { stream: events } = await stream('case:hold', { abortSignal: controller.signal });
    const seen = [];
    for await (const event of events) {
      seen.push(event.contentBlockDelta?.delta.text);
      if (event.contentBlockDelta?.delta.text === 'and ') break;
    }
    controller.abort();
    return seen;
  });
  await attempt(`${name} timeout`, () =>
    converse('case:hang', { abortSignal: AbortSignal.timeout(250) }),
  );
  await attempt(`${name} error`, () => converse('case:fail'));
  await attempt(`${name} retry`, async () => withoutIds(await converse('case:retry')));
  client.destroy();
  await settled(`${name} after all`);
}

const MODELS = [
  'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  'amazon.nova-lite-v1:0',
  'meta.llama3-1-8b-instruct-v1:0',
  'mistral.mistral-large-2402-v1:0',
  'cohere.command-r-v1:0',
  'amazon.titan-text-express-v1',
];

/** Every vendor's own API, whole and streamed. */
async function invocations(name, client) {
  for (const modelId of MODELS) {
    const input = {
      modelId,
      contentType: 'application/json',
      body: JSON.stringify({ any: 'body' }),
    };
    await attempt(`${name} invoke ${modelId}`, async () => {
      const { body } = await client.send(new InvokeModelCommand(input));
      return JSON.parse(Buffer.from(body).toString());
    });
    await attempt(`${name} invoke stream ${modelId}`, async () => {
      const { body } = await client.send(new InvokeModelWithResponseStreamCommand(input));
      const seen = [];
      for await (const { chunk } of body)
        seen.push(JSON.parse(Buffer.from(chunk.bytes).toString()));
      return seen;
    });
  }
}

run(async () => {
  const secure = new BedrockRuntimeClient({ ...shared, endpoint: tlsUrl });
  await invocations('TLS', secure);
  await calls('TLS', secure);
  await invocations('HTTP/2', new BedrockRuntimeClient({ ...shared, endpoint: http2Url }));
  await calls('HTTP/2', new BedrockRuntimeClient({ ...shared, endpoint: http2Url }));
  const requestHandler = new NodeHttpHandler();
  await calls('HTTP/1.1', new BedrockRuntimeClient({ ...shared, endpoint: url, requestHandler }));
});
