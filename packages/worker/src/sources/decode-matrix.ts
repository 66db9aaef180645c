/** Samples of one raw series in the order of time, labels as the store names them. */
export interface RawSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly times: number[];
  readonly values: number[];
  /** Times of samples that are no number from 0 up, which are not among the others; absent without any. */
  readonly refusedTimes?: number[];
}

/** A decoded answer of the query API, or why it is none. */
export type DecodedAnswer<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly problem: string };

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/**
 * Decodes `{"status":"success","data":{"resultType":"matrix"|"vector","result":[{"metric":{…},"values":[[1.5,"2"],…]}]}}`.
 *
 * Of samples that are no number from 0 up (NaN, `+Inf`, negative) only the times are kept; times are seconds there and
 * milliseconds here. Never throws.
 */
export function decodeMatrix(text: string): DecodedAnswer<readonly RawSeries[]> {
  const answer = parse(text);
  if (!isRecord(answer)) return { ok: false, problem: 'the answer is not JSON' };
  if (answer.status !== 'success') return { ok: false, problem: problemOf(answer) };
  const { data } = answer;
  if (!isRecord(data) || !Array.isArray(data.result)) {
    return { ok: false, problem: 'the answer has no result' };
  }
  return { ok: true, data: data.result.flatMap((one: unknown) => decodeSeries(one) ?? []) };
}

/** Decodes `{"status":"success","data":["a","b"]}`. Never throws. */
export function decodeNames(text: string): DecodedAnswer<readonly string[]> {
  const answer = parse(text);
  if (!isRecord(answer)) return { ok: false, problem: 'the answer is not JSON' };
  if (answer.status !== 'success') return { ok: false, problem: problemOf(answer) };
  if (!Array.isArray(answer.data)) return { ok: false, problem: 'the answer has no names' };
  return { ok: true, data: answer.data.filter((name: unknown) => typeof name === 'string') };
}

/** What a store says of an error, shortened; undefined when it says nothing. */
export function errorOf(text: string): string | undefined {
  const answer = parse(text);
  return isRecord(answer) ? problemOf(answer) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemOf(answer: Readonly<Record<string, unknown>>): string {
  const { error } = answer;
  return typeof error === 'string' ? error.slice(0, 200) : 'the store reports an error';
}

function decodeSeries(value: unknown): RawSeries | undefined {
  if (!isRecord(value) || !isRecord(value.metric)) return undefined;
  const labels: Record<string, string> = {};
  for (const [name, text] of Object.entries(value.metric)) {
    if (name !== '__name__' && typeof text === 'string') labels[name] = text;
  }
  const samples: unknown = value.values ?? (value.value === undefined ? [] : [value.value]);
  if (!Array.isArray(samples)) return undefined;
  const series = { labels, times: [], values: [] };
  const refusedTimes: number[] = [];
  for (const sample of samples) addSample(series, refusedTimes, sample);
  return refusedTimes.length === 0 ? series : { ...series, refusedTimes };
}

function addSample(series: RawSeries, refusedTimes: number[], sample: unknown): void {
  if (!Array.isArray(sample)) return;
  const seconds: unknown = sample[0];
  const number = Number(sample[1]);
  if (typeof seconds !== 'number') return;
  const epochMs = Math.round(seconds * 1000);
  if (!Number.isFinite(number) || number < 0) {
    refusedTimes.push(epochMs);
    return;
  }
  series.times.push(epochMs);
  series.values.push(number);
}
