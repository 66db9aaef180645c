import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { runChatModel, runRetry } from './langchain.mjs';
import { attempt, run, url } from './program.mjs';

const configuration = { baseURL: `${url}/v1` };
const shared = { apiKey: 'none', configuration, maxRetries: 1 };

run(async () => {
  const chat = { model: 'gpt-4o', ...shared };
  await runChatModel('chat', new ChatOpenAI(chat));
  await runChatModel('responses', new ChatOpenAI({ ...chat, useResponsesApi: true }));
  await runRetry(new ChatOpenAI(chat));
  await attempt('embedQuery', () =>
    new OpenAIEmbeddings({ model: 'text-embedding-3-small', ...shared }).embedQuery('a'),
  );
});
