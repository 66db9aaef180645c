import { attempt, collect, settled } from './program.mjs';

/** What every chat model of LangChain can do. */
export async function runChatModel(name, model) {
  await attempt(`${name} invoke`, async () => {
    const { content, usage_metadata } = await model.invoke('plain');
    return { content, usage_metadata };
  });
  await attempt(`${name} stream`, async () => {
    const pieces = await collect(await model.stream('stream'));
    return pieces.map(({ content, usage_metadata }) => ({ content, usage_metadata }));
  });
  await attempt(`${name} abort`, async () => {
    const controller = new AbortController();
    let count = 0;
    for await (const piece of await model.stream('case:hold', { signal: controller.signal })) {
      count += piece.content.length > 0 ? 1 : 0;
      if (count === 1) controller.abort();
    }
    return 'ended';
  });
  await settled(`${name} after abort`);
  await attempt(`${name} timeout`, () => model.invoke('case:hang', { timeout: 250 }));
  await settled(`${name} after timeout`);
  await attempt(`${name} error`, () => model.invoke('case:fail'));
}

/** LangChain's own retry; it waits for a second, so one model shows it for all. */
export async function runRetry(model) {
  await attempt('retry', async () => (await model.invoke('case:retry')).content);
}
