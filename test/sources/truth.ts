import { encodeOtlpProtobuf } from '@tokenmeter/testkit';

/** One export on its way to a store, in the order of arrival. */
export interface Push {
  readonly arrivesEpochMs: number;
  readonly body: Uint8Array;
}

/** What was pushed, and what it adds up to. */
export interface Truth {
  readonly pushes: readonly Push[];
  /** Calls by feature and minute of the sample that told them: `feature minute` → calls. */
  readonly calls: ReadonlyMap<string, number>;
  readonly totals: { readonly calls: number; readonly usd: number; readonly tokens: number };
}

/** How a process behaves. */
interface Process {
  readonly kind: string;
  readonly feature: string;
  /** Minutes from the start of the run at which it is up. */
  readonly from: number;
  readonly to: number;
  readonly everySeconds: number;
  /** Minutes during which nothing of it arrives. */
  readonly silent?: readonly [from: number, to: number];
  /** Minutes at which its counters begin anew, at a value below the one before. */
  readonly resetsAt?: readonly number[];
  /** Value of its counters at the first sample. */
  readonly first?: number;
}

const MINUTE_MS = 60_000;

const PROCESSES: readonly Process[] = [
  { kind: 'steady', feature: 'steady', from: 0, to: 90, everySeconds: 15 },
  { kind: 'replica', feature: 'steady', from: 0, to: 90, everySeconds: 15 },
  { kind: 'slow', feature: 'slow', from: 0, to: 90, everySeconds: 60 },
  { kind: 'born large', feature: 'born', from: 40, to: 90, everySeconds: 15, first: 1500 },
  { kind: 'restarted', feature: 'restart', from: 0, to: 33, everySeconds: 15 },
  { kind: 'its successor', feature: 'restart', from: 33, to: 90, everySeconds: 15 },
  { kind: 'reset', feature: 'reset', from: 0, to: 90, everySeconds: 20, resetsAt: [21, 64.5] },
  { kind: 'silent', feature: 'silent', from: 0, to: 90, everySeconds: 15, silent: [30, 61] },
  { kind: 'sparse', feature: 'sparse', from: 0, to: 90, everySeconds: 1140 },
  { kind: 'one sample', feature: 'oneshot', from: 50, to: 50.2, everySeconds: 15, first: 7 },
];

/** A repeatable source of numbers from 0 to 1. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Attributes = Readonly<Record<string, string | boolean>>;

function attributesOf(values: Attributes): unknown[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { boolValue: value },
  }));
}

interface Counters {
  calls: number;
  usd: number;
  tokens: number;
}

function exportOf(process: Process, id: string, at: number, counters: Counters): Uint8Array {
  const base = {
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5-mini',
    'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
    'tokenmeter.feature': process.feature,
  };
  const point = (value: number, more: Attributes) => ({
    startTimeUnixNano: `${at - MINUTE_MS}000000`,
    timeUnixNano: `${at}000000`,
    asDouble: value,
    attributes: attributesOf({ ...base, ...more }),
  });
  const sum = (name: string, unit: string, dataPoints: readonly unknown[]) => ({
    name,
    unit,
    sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints },
  });
  const metrics = [
    sum('tokenmeter.calls', '{call}', [
      point(counters.calls, {
        'tokenmeter.outcome': 'ok',
        'tokenmeter.cache': 'none',
        'tokenmeter.retry': false,
      }),
    ]),
    sum('tokenmeter.cost', 'USD', [
      point(counters.usd * 0.75, { 'tokenmeter.cost.class': 'input' }),
      point(counters.usd * 0.25, { 'tokenmeter.cost.class': 'output' }),
    ]),
    sum('tokenmeter.tokens', '{token}', [
      point(counters.tokens, { 'tokenmeter.token.class': 'output' }),
    ]),
  ];
  const resource = attributesOf({
    'service.name': 'shop',
    'deployment.environment.name': 'test',
    'service.instance.id': id,
  });
  return encodeOtlpProtobuf('metrics', {
    resourceMetrics: [
      { resource: { attributes: resource }, scopeMetrics: [{ scope: { name: 'test' }, metrics }] },
    ],
  });
}

/**
 * Makes up an hour and a half of exports that ends at an instant: replicas, births, restarts, resets, silences, sparse
 * and single samples; some arrive up to 110 s late and some twice.
 */
export function createTruth(endEpochMs: number, seed: number): Truth {
  const random = createRandom(seed);
  const startEpochMs = endEpochMs - 90 * MINUTE_MS;
  const pushes: Push[] = [];
  const calls = new Map<string, number>();
  const totals = { calls: 0, usd: 0, tokens: 0 };
  PROCESSES.forEach((process, index) => {
    const id = `${seed}-${index}-${Math.floor(random() * 1e9).toString(16)}`;
    for (const { at, counters, told } of samplesOf(process, startEpochMs, random)) {
      const minute = Math.ceil(at / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
      const key = `${process.feature} ${minute}`;
      calls.set(key, (calls.get(key) ?? 0) + told.calls);
      for (const name of ['calls', 'usd', 'tokens'] as const) totals[name] += told[name];
      const body = exportOf(process, id, at, counters);
      const lateMs = random() < 0.05 ? Math.floor(random() * 110_000) : 0;
      pushes.push({ arrivesEpochMs: at + lateMs, body });
      if (random() < 0.05) pushes.push({ arrivesEpochMs: at + lateMs + 2000, body });
    }
  });
  pushes.sort((a, b) => a.arrivesEpochMs - b.arrivesEpochMs);
  return { pushes, calls, totals };
}

/** Samples of a process with what each tells beyond the one before. */
function* samplesOf(process: Process, startEpochMs: number, random: () => number) {
  const offsetMs = Math.floor(random() * 10_000);
  const counters: Counters = { calls: 0, usd: 0, tokens: 0 };
  let told: Counters = { calls: 0, usd: 0, tokens: 0 };
  const add = (calls: number): void => {
    const grown = { calls, usd: calls * 0.0125 * (0.5 + random()), tokens: calls * 317 };
    for (const name of ['calls', 'usd', 'tokens'] as const) {
      counters[name] += grown[name];
      told[name] += grown[name];
    }
  };
  add(process.first ?? 0);
  const resets = [...(process.resetsAt ?? [])];
  for (let second = 0; ; second += process.everySeconds) {
    const minute = process.from + second / 60;
    if (minute >= process.to) return;
    if (resets[0] !== undefined && minute >= resets[0]) {
      resets.shift();
      Object.assign(counters, { calls: 0, usd: 0, tokens: 0 });
    }
    add(1 + Math.floor(random() * 4));
    const [from, to] = process.silent ?? [0, 0];
    if (minute >= from && minute < to) continue;
    const at = startEpochMs + Math.floor(process.from * MINUTE_MS) + second * 1000 + offsetMs;
    yield { at, counters: { ...counters }, told };
    told = { calls: 0, usd: 0, tokens: 0 };
  }
}
