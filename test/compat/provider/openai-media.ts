import { type Asked, json, type Reply, sse, WORDS } from './reply.ts';

const PIXEL = 'iVBORw0KGgo=';

/** A made picture: text in, picture tokens out. */
export function replyToImages(asked: Asked): Reply {
  const input = 20 + asked.position;
  const output = 272 + asked.position;
  const usage = {
    input_tokens: input,
    input_tokens_details: { text_tokens: input, image_tokens: 0 },
    output_tokens: output,
    total_tokens: input + output,
  };
  return {
    provider: asked.provider ?? 'openai',
    model: String(asked.body.model),
    tokens: { input, output_image: output },
    ...json({ created: 1_700_000_000, data: [{ b64_json: PIXEL }], usage }),
  };
}

/** Words out of sound. The request is a form, so that its model is asked for by name. */
export function replyToTranscription(asked: Asked): Reply {
  const sound = 90 + asked.position;
  const output = 10 + asked.position;
  const usage = {
    type: 'tokens',
    input_tokens: sound + 4,
    input_token_details: { text_tokens: 4, audio_tokens: sound },
    output_tokens: output,
    total_tokens: sound + 4 + output,
  };
  const reply = {
    provider: asked.provider ?? 'openai',
    model: 'gpt-4o-transcribe',
    tokens: { input: 4, input_audio: sound, output },
  };
  const text = WORDS.join('');
  if (!/name="stream"\r\n\r\ntrue/.test(asked.text)) return { ...reply, ...json({ text, usage }) };
  return {
    ...reply,
    contentType: 'text/event-stream',
    pieces: [
      ...WORDS.map((delta) => sse({ type: 'transcript.text.delta', delta })),
      sse({ type: 'transcript.text.done', text, usage }),
    ],
  };
}

/** Sound out of words: bytes without usage, or events of which the last one has it. */
export function replyToSpeech(asked: Asked): Reply {
  const input = 12 + asked.position;
  const output = 150 + asked.position;
  const reply = { provider: asked.provider ?? 'openai', model: String(asked.body.model) };
  if (asked.body.stream_format !== 'sse') {
    const pieces = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
    return { ...reply, tokens: undefined, contentType: 'audio/mpeg', pieces };
  }
  const usage = { input_tokens: input, output_tokens: output, total_tokens: input + output };
  return {
    ...reply,
    tokens: { input, output_audio: output },
    contentType: 'text/event-stream',
    pieces: [
      sse({ type: 'speech.audio.delta', audio: 'AQID' }),
      sse({ type: 'speech.audio.done', usage }),
    ],
  };
}

/** Moderation costs nothing and counts nothing. */
export function replyToModeration(asked: Asked): Reply {
  const model = String(asked.body.model);
  const results = [{ flagged: false, categories: {}, category_scores: {} }];
  return {
    provider: asked.provider ?? 'openai',
    model,
    tokens: { input: 0 },
    ...json({ id: `modr-${asked.position}`, model, results }),
  };
}

/** Completions without a chat. */
export function replyToCompletion(asked: Asked): Reply {
  const input = 16 + asked.position;
  const output = 7 + asked.position;
  const model = String(asked.body.model);
  const choices = [{ index: 0, text: WORDS.join(''), finish_reason: 'stop', logprobs: null }];
  const usage = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
  };
  const base = { id: `cmpl-${asked.position}`, object: 'text_completion', created: 1_700_000_000 };
  return {
    provider: asked.provider ?? 'openai',
    model,
    tokens: { input, output },
    ...json({ ...base, model, choices, usage }),
  };
}
