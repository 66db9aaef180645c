import { fieldOf } from './field-of.ts';
import type { Guard } from './guard.ts';
import { asyncHooks, diagnosticsChannel } from './platform.ts';
import type { StopTap } from './subscribe-channels.ts';

/** Where the AI SDK (7 and later) announces the start of its functions, steps and model calls. */
const START_CHANNEL = 'tracing:ai:telemetry:start';

const functions =
  asyncHooks === undefined ? undefined : new asyncHooks.AsyncLocalStorage<string | undefined>();

/** The `functionId` of the AI SDK function that runs now, if it was given one. */
export function activeFunctionId(): string | undefined {
  return functions?.getStore();
}

/** Follows the AI SDK's own telemetry channel, for context only: its usage figures are never counted. */
export function followAiSdkFunctions(guard: Guard): StopTap {
  const start = diagnosticsChannel?.channel(START_CHANNEL);
  if (functions === undefined || start === undefined) return () => undefined;
  start.bindStore(functions, (message) =>
    guard('ai_sdk', () => functionIdOf(message) ?? functions.getStore()),
  );
  return () => void start.unbindStore(functions);
}

/** `{ type, event: { functionId } }`, seen in ai 7.0.173. */
function functionIdOf(message: unknown): string | undefined {
  const functionId = fieldOf(fieldOf(message, 'event'), 'functionId');
  return typeof functionId === 'string' && functionId !== '' ? functionId : undefined;
}
