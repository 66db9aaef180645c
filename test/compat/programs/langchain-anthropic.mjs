import { ChatAnthropic } from '@langchain/anthropic';
import { runChatModel, runRetry } from './langchain.mjs';
import { run, url } from './program.mjs';

run(async () => {
  const options = { model: 'claude-haiku-4-5', maxTokens: 64, apiKey: 'none', maxRetries: 1 };
  const model = new ChatAnthropic({ ...options, anthropicApiUrl: url });
  await runChatModel('messages', model);
  await runRetry(model);
});
