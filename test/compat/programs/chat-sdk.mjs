import { attempt, collect, run, settled } from './program.mjs';

/** What Groq's and Together's clients have in common, which is nearly all of it. */
export function runChatProgram(client, model) {
  const { completions } = client.chat;
  const ask = (content, more) => ({ model, messages: [{ role: 'user', content }], ...more });
  const streamed = { stream: true };
  run(async () => {
    await attempt('create', () => completions.create(ask('plain')));
    await attempt('withResponse', async () => {
      const { data, response } = await completions.create(ask('with')).withResponse();
      return { data, status: response.status };
    });
    await attempt('asResponse', async () =>
      (await completions.create(ask('as')).asResponse()).json(),
    );
    await attempt('stream', async () => collect(await completions.create(ask('s', streamed))));
    await attempt('tee', async () => {
      const [left, right] = (await completions.create(ask('tee', streamed))).tee();
      return [await collect(left), (await collect(right)).length];
    });
    if (typeof completions.stream === 'function') {
      await attempt('.stream()', async () => {
        const stream = completions.stream(ask('helper'));
        return (await stream.finalChatCompletion()).choices;
      });
    }
    await attempt('a list', async () => Object.keys(await client.models.list()));
    await attempt('break', async () => {
      for await (const chunk of await completions.create(ask('case:hold', streamed))) {
        if (chunk.choices[0].delta.content === 'and ') break;
      }
      return 'left';
    });
    await settled('after break');
    await attempt('abort', async () => {
      const controller = new AbortController();
      const options = { signal: controller.signal };
      const seen = [];
      for await (const chunk of await completions.create(ask('case:hold a', streamed), options)) {
        seen.push(chunk.choices[0].delta.content);
        if (chunk.choices[0].delta.content === 'and ') controller.abort();
      }
      return seen;
    });
    await settled('after abort');
    await attempt('timeout', () =>
      completions.create(ask('case:hang'), { timeout: 250, maxRetries: 0 }),
    );
    await settled('after timeout');
    await attempt('error', () => completions.create(ask('case:fail')));
    await attempt('retry', () => completions.create(ask('case:retry')));
  });
}
