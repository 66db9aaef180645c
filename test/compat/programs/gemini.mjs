import { GoogleGenAI } from '@google/genai';
import { attempt, collect, run, settled, url } from './program.mjs';

const client = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: url } });
const ask = (contents, config) => ({ model: 'gemini-2.5-flash', contents, config });

run(async () => {
  const { models } = client;
  await attempt('generateContent', async () => {
    const { text, usageMetadata, sdkHttpResponse } = await models.generateContent(ask('plain'));
    return { text, usageMetadata, type: sdkHttpResponse?.headers?.['content-type'] };
  });
  await attempt('stream', async () => {
    const pieces = await collect(await models.generateContentStream(ask('stream')));
    return pieces.map(({ text, usageMetadata }) => ({ text, usageMetadata }));
  });
  await attempt('break', async () => {
    const controller = new AbortController();
    const seen = [];
    const config = { abortSignal: controller.signal };
    for await (const { text } of await models.generateContentStream(ask('case:hold', config))) {
      seen.push(text);
      if (text === 'and ') break;
    }
    controller.abort();
    return seen;
  });
  await settled('after break');
  await attempt('abort', async () => {
    const controller = new AbortController();
    const config = { abortSignal: controller.signal };
    const seen = [];
    for await (const { text } of await models.generateContentStream(ask('case:hold a', config))) {
      seen.push(text);
      if (text === 'and ') controller.abort();
    }
    return seen;
  });
  await settled('after abort');
  await attempt('timeout', () =>
    models.generateContent(ask('case:hang', { httpOptions: { timeout: 250 } })),
  );
  await settled('after timeout');
  await attempt('embedContent', async () => {
    const ask = { model: 'gemini-embedding-001', contents: ['a', 'b'] };
    return (await models.embedContent(ask)).embeddings.length;
  });
  await attempt('countTokens', async () => (await models.countTokens(ask('count'))).totalTokens);
  await attempt('pages', async () => {
    const names = [];
    for await (const { name } of await models.list({ config: { pageSize: 2 } })) names.push(name);
    return names;
  });
  await attempt('error', () => models.generateContent(ask('case:fail')));
  await attempt('retry', async () => {
    const httpOptions = { retryOptions: { attempts: 2, initialDelay: 0.001, maxDelay: 0.01 } };
    return (await models.generateContent(ask('case:retry', { httpOptions }))).text;
  });
  await attempt('chat', async () => {
    const chat = client.chats.create({ model: 'gemini-2.5-flash' });
    const first = await chat.sendMessage({ message: 'one' });
    const second = await collect(await chat.sendMessageStream({ message: 'two' }));
    return [first.text, second.map(({ text }) => text), chat.getHistory().length];
  });
});
