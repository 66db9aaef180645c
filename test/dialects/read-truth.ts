import type { ReplayLogEntry } from '@tokenmeter/testkit';
import type { BookedCall } from './capture-server.ts';
import type { Scenario, Step, Tokens } from './scenario.ts';

/** One logical call of a step, as the provider's books have it. */
export interface TrueCall {
  readonly api: string;
  readonly provider: string;
  readonly requestModel: string;
  readonly model: string;
  readonly isStreaming: boolean;
  readonly outcome: 'ok' | 'error';
  readonly status: number;
  /** HTTP requests, retries included. */
  readonly requests: number;
  readonly serviceTier?: string;
  readonly responseId?: string;
  readonly tokens?: Tokens;
}

/** The books of the replay provider in the words of the capture server's. */
export function toBooked(entry: ReplayLogEntry, { steps, retries }: Scenario): BookedCall {
  const { request } = entry;
  const isOk = (entry.status ?? 0) < 400;
  const plan = steps.findLast(({ startEpochMs }) => startEpochMs <= entry.startEpochMs)?.plan;
  const tier = plan?.serviceTier ?? (entry.provider === 'anthropic' ? 'standard' : 'default');
  return {
    api: request.api,
    provider: entry.provider,
    requestModel: request.model,
    model: entry.model,
    isStreaming: request.isStreaming,
    status: entry.status ?? 0,
    isRetry: retries.has(request.sequence),
    serviceTier: isOk && request.api !== 'openai.embeddings' ? tier : undefined,
    responseId: isOk && entry.responseId !== '' ? entry.responseId : undefined,
    tokens: isOk ? entry.observableTokens : undefined,
    startEpochMs: entry.startEpochMs,
  };
}

/** Sorts booked requests into steps and folds retries into the call that they belong to. */
export function readTruth(
  booked: readonly BookedCall[],
  steps: readonly Step[],
): readonly (readonly TrueCall[])[] {
  const calls: TrueCall[][] = steps.map(() => []);
  for (const call of booked.toSorted((a, b) => a.startEpochMs - b.startEpochMs)) {
    const index = steps.findLastIndex(({ startEpochMs }) => startEpochMs <= call.startEpochMs);
    const group = calls[index];
    if (group === undefined)
      throw new Error(`a call of ${call.requestModel} before the first step`);
    const before = call.isRetry ? group.pop() : undefined;
    group.push({
      api: call.api,
      provider: call.provider,
      requestModel: call.requestModel,
      model: call.model,
      isStreaming: call.isStreaming,
      outcome: call.status < 400 ? 'ok' : 'error',
      status: call.status,
      requests: (before?.requests ?? 0) + 1,
      ...(call.serviceTier !== undefined && { serviceTier: call.serviceTier }),
      ...(call.responseId !== undefined && { responseId: call.responseId }),
      ...(call.tokens !== undefined && { tokens: call.tokens }),
    });
  }
  return calls;
}
