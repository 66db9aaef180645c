import { type Asked, json, type Reply, WORDS } from './reply.ts';

/** Ollama chat, one JSON object or one per line. Models of one's own machine have no price. */
export function replyToOllama(asked: Asked): Reply {
  const input = 60 + asked.position;
  const output = 15 + asked.position;
  const model = String(asked.body.model);
  const reply = { provider: 'ollama', model, tokens: { input, output } };
  const line = (content: string, fields: object): object => ({
    model,
    created_at: '2026-11-21T00:00:00Z',
    ...(asked.path.endsWith('/generate')
      ? { response: content }
      : { message: { role: 'assistant', content } }),
    ...fields,
  });
  const end = { done: true, done_reason: 'stop', prompt_eval_count: input, eval_count: output };
  if (asked.body.stream === false) return { ...reply, ...json(line(WORDS.join(''), end)) };
  return {
    ...reply,
    contentType: 'application/x-ndjson',
    pieces: [...WORDS.map((words) => line(words, { done: false })), line('', end)].map(
      (each) => `${JSON.stringify(each)}\n`,
    ),
  };
}

/** Embeddings count their input only. */
export function replyToOllamaEmbed(asked: Asked): Reply {
  const input = 5 + asked.position;
  const model = String(asked.body.model);
  const embeddings = [[0.5, -0.25]];
  const body = { model, embeddings, total_duration: 1, load_duration: 1, prompt_eval_count: input };
  return { provider: 'ollama', model, tokens: { input }, ...json(body) };
}
