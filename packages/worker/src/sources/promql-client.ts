import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DecodedAnswer,
  decodeMatrix,
  decodeNames,
  errorOf,
  type RawSeries,
} from './decode-matrix.ts';
import { createHttpSender, type HttpAnswer, type SenderOptions } from './send-request.ts';
import { SourceError } from './source-error.ts';

/** The query API that Prometheus defined and Mimir, Thanos, VictoriaMetrics and Grafana Cloud speak. */
export interface PromqlClient extends Disposable {
  /** Evaluates a query at an instant: samples of a range selector, or one each of an instant vector. */
  query(promql: string, epochMs: number, signal: AbortSignal): Promise<readonly RawSeries[]>;
  /** Evaluates a query at every step of a range, both ends included. */
  queryRange(promql: string, range: QueryRange, signal: AbortSignal): Promise<readonly RawSeries[]>;
  /** Names of metrics that a selector matches in a range. */
  metricNames(
    selector: string,
    range: Omit<QueryRange, 'stepMs'>,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}

/** Instants of a range query. */
interface QueryRange {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly stepMs: number;
}

/** How a store is reached. */
export interface ClientOptions extends SenderOptions {
  /** Without `/api/v1`. */
  readonly url: string;
  /** Wait before another try, for tests. */
  readonly backOffMs?: number;
}

const ATTEMPTS = 3;
const MOST_AT_ONCE = 4;
const LONGEST_WAIT_MS = 10_000;
/** Prometheus, Thanos and Mimir name the limit; VictoriaMetrics names its flag. */
const TOO_LARGE =
  /too many samples|maximum resolution|-search\.max|max-?samples|limit.*(?:exceed|reached)|exceed.*limit/i;

/**
 * Creates a client that sends at most four queries at once and repeats what failed for a reason that passes, twice.
 *
 * Queries carry `nocache=1`, without which VictoriaMetrics moves the asked times; others ignore it (measured 2026-11-21).
 */
export function createPromqlClient(options: ClientOptions): PromqlClient {
  const sender = createHttpSender(options);
  const base = options.url.replace(/\/+$/, '');
  const limit = createLimit(MOST_AT_ONCE);
  const ask = (path: string, form: string | undefined, signal: AbortSignal): Promise<HttpAnswer> =>
    limit(() =>
      repeat(options.backOffMs ?? 250, signal, async () => {
        const url = new URL(base + path);
        const answer = await sender.send(url, { signal, ...(form !== undefined && { form }) });
        if (answer.status !== 200) throw refusal(answer);
        return answer;
      }),
    );
  const form = (fields: Readonly<Record<string, string>>): string =>
    new URLSearchParams({ ...fields, nocache: '1' }).toString();
  return {
    async query(promql, epochMs, signal) {
      const fields = form({ query: promql, time: seconds(epochMs) });
      return unwrap(decodeMatrix((await ask('/api/v1/query', fields, signal)).body));
    },
    async queryRange(promql, range, signal) {
      const fields = form({
        query: promql,
        start: seconds(range.fromEpochMs),
        end: seconds(range.toEpochMs),
        step: seconds(range.stepMs),
      });
      return unwrap(decodeMatrix((await ask('/api/v1/query_range', fields, signal)).body));
    },
    async metricNames(selector, range, signal) {
      const fields = new URLSearchParams({
        'match[]': selector,
        start: seconds(range.fromEpochMs),
        end: seconds(range.toEpochMs),
      });
      const path = `/api/v1/label/__name__/values?${fields}`;
      return unwrap(decodeNames((await ask(path, undefined, signal)).body));
    },
    [Symbol.dispose]: () => sender[Symbol.dispose](),
  };
}

function seconds(ms: number): string {
  return String(ms / 1000);
}

function unwrap<T>(decoded: DecodedAnswer<T>): T {
  if (decoded.ok) return decoded.data;
  throw new SourceError(decoded.problem, { isRetryable: true });
}

function refusal({ status, body, retryAfterMs }: HttpAnswer): SourceError {
  const said = errorOf(body);
  const isTooLarge = status !== 429 && said !== undefined && TOO_LARGE.test(said);
  const isRetryable = status === 429 || status >= 500;
  const why = status === 401 || status === 403 ? 'the credentials are not accepted' : said;
  const message = `the store answered ${status}${why === undefined ? '' : `: ${why}`}`;
  return new SourceError(message, { isRetryable, isTooLarge, retryAfterMs });
}

/** Runs a request again when it failed for a reason that passes. */
async function repeat<T>(
  backOffMs: number,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isOver = attempt >= ATTEMPTS || signal.aborted;
      if (!(error instanceof SourceError) || !error.isRetryable || error.isTooLarge || isOver) {
        throw error;
      }
      const wishedMs = Math.min(error.retryAfterMs ?? 0, LONGEST_WAIT_MS);
      await sleep(Math.max(wishedMs, backOffMs * 4 ** (attempt - 1)), undefined, { signal }).catch(
        () => undefined,
      );
    }
  }
}

/** Lets at most `most` run at once; the others wait in order. */
function createLimit(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
