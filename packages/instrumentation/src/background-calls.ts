import type { CallRecord } from '@tokenmeter/core';
import type { SpanPlace } from './active-meter.ts';
import type { Attribution } from './attribution.ts';

/** A call on its way to be metered. */
export interface UnmeteredCall {
  readonly record: CallRecord;
  readonly attribution: Attribution;
  readonly place: SpanPlace;
}

/** What is to be done with an answer of a provider. */
export type Settled =
  | { readonly kind: 'meter'; readonly call: UnmeteredCall }
  /** The response is still being made; the answer that brings its end will be metered in its place. */
  | { readonly kind: 'wait' };

/** Responses that are remembered, whether unfinished or counted. A few hundred bytes each. */
const LIMIT = 2000;

/** A finished response that this process meets for the first time is its to count when it is no older than this. */
const FRESH_MS = 10 * 60_000;

/**
 * Makes one call of a response that its provider makes on its own time (OpenAI's `background` and batches, xAI's
 * `deferred`, Perplexity's `async`).
 *
 * Its first answer is queued and has no usage: the call waits. Fetching it is free until an answer, or a stream that was
 * taken up again, brings its end: then one call is metered, from the request that created it to that end, with the
 * attribution of its creator. Fetching it again is free.
 *
 * A response that was created elsewhere is counted by the process that has seen it unfinished and then finished, or that
 * is the first here to see it finished within ten minutes of its end (a webhook, another replica); older ones are read
 * again and never counted.
 */
export class BackgroundCalls {
  /** Unfinished responses by id, oldest first; undefined for those created elsewhere. */
  readonly #running = new Map<string, UnmeteredCall | undefined>();
  /** Responses that were counted, oldest first. */
  readonly #counted = new Set<string>();

  /** Decides about one answer; every record goes through here. */
  settle(call: UnmeteredCall): Settled {
    const { job, responseId, operation, provider } = call.record;
    if (job === undefined || responseId === undefined) return { kind: 'meter', call };
    const id = `${provider} ${responseId}`;
    const isFetched = operation === 'fetch_response';
    if (job.state === 'running') {
      if (!this.#counted.has(id) && !this.#running.has(id)) {
        this.#running.set(id, isFetched ? undefined : call);
        dropOldest(this.#running);
      }
      return isFetched ? { kind: 'meter', call } : { kind: 'wait' };
    }
    const isDue = this.#isDue(id, call.record);
    const created = this.#running.get(id);
    this.#running.delete(id);
    if (isFetched && !isDue) return { kind: 'meter', call };
    this.#counted.add(id);
    dropOldest(this.#counted);
    return { kind: 'meter', call: isFetched ? finishedCall(call, created) : call };
  }

  #isDue(id: string, { job, endEpochMs }: CallRecord): boolean {
    if (this.#counted.has(id)) return false;
    if (this.#running.has(id)) return true;
    const { isBackground, finishedEpochMs } = job ?? {};
    if (isBackground !== true || finishedEpochMs === undefined) return false;
    return Math.abs(endEpochMs - finishedEpochMs) <= FRESH_MS;
  }
}

function dropOldest(known: Map<string, unknown> | Set<string>): void {
  if (known.size <= LIMIT) return;
  for (const oldest of known.keys()) {
    known.delete(oldest);
    return;
  }
}

/** The call that made the response, with what its last answer said; that answer alone where it was made elsewhere. */
function finishedCall(last: UnmeteredCall, created: UnmeteredCall | undefined): UnmeteredCall {
  const { job: _job, errorType, ...end } = last.record;
  const isCancelled = end.finishReasons?.includes('cancelled') === true;
  const outcome = isCancelled ? 'aborted' : end.outcome;
  const error = errorType === undefined || outcome === 'ok' ? {} : { errorType };
  if (created === undefined) {
    const operation = end.api === 'openai.batches' ? 'batch' : 'chat';
    return { ...last, record: { ...end, ...error, operation, outcome } };
  }
  const { job: _created, errorType: _earlier, ...begin } = created.record;
  const { responseModel, finishReasons, usage, endEpochMs } = end;
  const modifiers = { ...begin.modifiers, ...end.modifiers };
  return {
    ...created,
    record: {
      ...begin,
      ...error,
      ...(responseModel === undefined ? {} : { responseModel }),
      ...(finishReasons === undefined ? {} : { finishReasons }),
      modifiers,
      usage,
      endEpochMs,
      outcome,
    },
  };
}
