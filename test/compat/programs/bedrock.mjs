import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { attempt, http2Url, run, settled, url } from './program.mjs';

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

run(async () => {
  await calls('HTTP/2', new BedrockRuntimeClient({ ...shared, endpoint: http2Url }));
  const requestHandler = new NodeHttpHandler();
  await calls('HTTP/1.1', new BedrockRuntimeClient({ ...shared, endpoint: url, requestHandler }));
});
