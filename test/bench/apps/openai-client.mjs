// The openai client of a benchmark: the workspace's own, or, for all that are compared with peers, theirs.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const peers = process.env.PEERS_FOLDER;

/** Loaded with `require` where peers run, whose hooks see that. */
async function loadOpenai() {
  if (peers === undefined) return (await import('openai')).default;
  const loaded = createRequire(join(peers, 'package.json'))('openai');
  return loaded.default ?? loaded;
}

const OpenAI = await loadOpenai();

export const client = new OpenAI({
  apiKey: 'none',
  baseURL: `${process.env.PROVIDER_URL}/v1`,
  maxRetries: 0,
});

export const messages = [{ role: 'user', content: 'Hello' }];

/** Opens a stream of about so many chunks. */
export function openStream(chunks) {
  return client.chat.completions.create({
    model: 'gpt-4o',
    messages,
    stream: true,
    max_completion_tokens: chunks,
    stream_options: { include_usage: true },
  });
}
