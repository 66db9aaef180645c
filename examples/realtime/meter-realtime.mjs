import { meterCall } from '@tokenmeter/instrumentation';

const OUTCOMES = { completed: 'ok', incomplete: 'ok', cancelled: 'aborted', failed: 'error' };

/**
 * Meters every answer of an OpenAI Realtime session: call it once for each web socket.
 *
 * `response.done` reports the usage of one answer. Cached tokens are part of the input there and a class of their own here.
 */
export function meterRealtime(socket, requestModel, attribution) {
  let startEpochMs = Date.now();
  socket.addEventListener('message', ({ data }) => {
    const event = JSON.parse(data);
    if (event.type === 'response.created') startEpochMs = Date.now();
    if (event.type !== 'response.done') return;
    const { id, status, usage } = event.response;
    meterCall({
      provider: 'openai',
      requestModel,
      responseId: id,
      startEpochMs,
      isStreaming: true,
      outcome: OUTCOMES[status] ?? 'error',
      attribution,
      ...(usage ? { tokens: tokensOf(usage) } : {}),
    });
  });
}

function tokensOf({ input_token_details: input = {}, output_token_details: output = {} }) {
  const cached = input.cached_tokens_details ?? {};
  const rest = (all = 0, part = 0) => all - part;
  return {
    input: rest(input.text_tokens, cached.text_tokens),
    input_audio: rest(input.audio_tokens, cached.audio_tokens),
    input_image: rest(input.image_tokens, cached.image_tokens),
    cache_read: cached.text_tokens ?? 0,
    cache_read_audio: cached.audio_tokens ?? 0,
    cache_read_image: cached.image_tokens ?? 0,
    output: output.text_tokens ?? 0,
    output_audio: output.audio_tokens ?? 0,
  };
}
