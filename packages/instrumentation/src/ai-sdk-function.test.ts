import { tracingChannel } from 'node:diagnostics_channel';
import { expect, test } from 'vitest';
import { activeFunctionId } from './ai-sdk-function.ts';
import { withAttribution } from './attribution.ts';
import { CHAT_COMPLETION, sendJson, startProvider } from './provider.test-kit.ts';
import { startTelemetry } from './telemetry.test-kit.ts';

/** Publishes as ai 7.0.173 does: a function around a step around a model call; only some carry the id. */
function generate<T>(functionId: string | undefined, fn: () => Promise<T>): Promise<T> {
  const channel = tracingChannel('ai:telemetry');
  const inner = (): Promise<T> =>
    channel.tracePromise(fn, { type: 'languageModelCall', event: {} });
  return channel.tracePromise(inner, { type: 'generateText', event: { functionId } });
}

test('the functionId of the AI SDK is the feature of calls that nothing else attributes', async () => {
  await using provider = await startProvider((response) => sendJson(response, CHAT_COMPLETION));
  using telemetry = startTelemetry();
  const call = async (): Promise<void> => {
    const init = { method: 'POST', body: JSON.stringify({ model: 'gpt-4o-mini', messages: [] }) };
    await (await fetch(`${provider.url}/v1/chat/completions`, init)).text();
  };
  await generate('summarise', call);
  await withAttribution({ feature: 'own' }, () => generate('summarise', call));
  await generate(undefined, call);
  const calls = await telemetry.metered(3);
  expect(calls.map(({ attribution }) => attribution.feature)).toEqual([
    'summarise',
    'own',
    undefined,
  ]);
  expect(activeFunctionId()).toBeUndefined();
});
