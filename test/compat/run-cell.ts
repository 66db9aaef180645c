import { type OtlpSink, startOtlpSink } from '@tokenmeter/testkit';
import type { BareRuns } from './bare-runs.ts';
import type { ModuleSystem } from './build-programs.ts';
import type { Observed } from './provider/compat-provider.ts';
import { costOf } from './rates.ts';
import { type ProgramResult, type ProgramRun, runProgram } from './run-program.ts';

/** One cell of the matrix. */
export interface Cell {
  readonly sdk: string;
  readonly system: ModuleSystem;
  readonly nodeMajor: string;
}

/** What a cell showed. */
export interface CellResult extends Cell {
  /** Model calls of the program, by the provider's books. */
  readonly calls: number;
  readonly tokens: number;
  readonly costUsd: number;
  /** Every way in which the metered run was not as it must be; empty for a good cell. */
  readonly differences: readonly string[];
}

/** What both the provider's books and the telemetry say. */
interface Account {
  readonly calls: number;
  readonly spans: number;
  readonly unpriced: number;
  readonly problems: number;
  readonly callsByOutcome: Readonly<Record<string, number>>;
  readonly tokensByClass: Readonly<Record<string, number>>;
  /** Pico-USD of each priced call, sorted. */
  readonly costs: readonly number[];
  readonly picoUsd: number;
}

/**
 * Runs a program bare and metered and compares output, traffic, records, tokens and cost. A bare run that was kept stands
 * for another one.
 */
export async function runCell(
  cell: Cell,
  run: ProgramRun,
  bareRuns?: BareRuns,
): Promise<CellResult> {
  await using sink = await startOtlpSink();
  const preload = cell.system === 'cjs' ? '--require' : '--import';
  const env = {
    ...run.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    OTEL_METRIC_EXPORT_INTERVAL: '2147483647',
    OTEL_SERVICE_NAME: 'compat',
  };
  const kept = bareRuns?.find(cell, run);
  const bare = kept ?? (await runProgram({ ...run, env }));
  const metered = await runProgram({ ...run, env, preload });
  const books = accountOf(metered.observed, run.timeoutOutcome);
  const differences = [
    ...compareRuns(bare, metered),
    ...compareAccounts(books, measuredAt(sink, books.calls + metered.looks)),
  ];
  if (kept === undefined && differences.length === 0) bareRuns?.keep(cell, run, bare);
  return {
    ...cell,
    calls: books.calls,
    tokens: Object.values(books.tokensByClass).reduce((sum, count) => sum + count, 0),
    costUsd: books.picoUsd / 1e12,
    differences,
  };
}

function compareRuns(bare: ProgramResult, metered: ProgramResult): readonly string[] {
  const differences: string[] = [];
  if (bare.code !== 0) differences.push(`the bare program ended with ${bare.code}: ${bare.stderr}`);
  if (bare.observed.length === 0) differences.push('the bare program made no call');
  const isRunning = (line: string): boolean => line.startsWith('program failed');
  differences.push(...bare.stdout.split('\n').filter(isRunning));
  compare(differences, 'exit code', bare.code, metered.code);
  compare(differences, 'stdout', bare.stdout, metered.stdout);
  compare(differences, 'stderr', withoutPid(bare.stderr), withoutPid(metered.stderr));
  compare(differences, 'requests', bare.seen, metered.seen);
  return differences;
}

/** Node's own warnings name the process. */
function withoutPid(text: string): string {
  return text.replaceAll(/\(node:\d+\)/g, '(node)');
}

function compareAccounts(books: Account, measured: Account): readonly string[] {
  const differences: string[] = [];
  for (const key of Object.keys(books)) {
    compare(differences, `telemetry: ${key}`, fieldNamed(books, key), fieldNamed(measured, key));
  }
  return differences;
}

function fieldNamed(account: object, key: string): unknown {
  return Object.entries(account).find(([name]) => name === key)?.[1];
}

function compare(differences: string[], what: string, want: unknown, got: unknown): void {
  const [left, right] = [JSON.stringify(want) ?? '', JSON.stringify(got) ?? ''];
  if (left === right) return;
  let at = 0;
  while (left[at] === right[at]) at += 1;
  const from = Math.max(0, at - 80);
  const cut = (text: string): string => text.slice(from, at + 160);
  differences.push(`${what}: expected …${cut(left)}…, got …${cut(right)}…`);
}

function accountOf(
  observed: readonly Observed[],
  timeoutOutcome: ProgramRun['timeoutOutcome'],
): Account {
  const callsByOutcome = new Map<string, number>();
  const tokensByClass = new Map<string, number>();
  const costs: number[] = [];
  let unpriced = 0;
  for (const { provider, model, tokens, costUsd, feesUsd = 0, ...call } of observed) {
    const outcome = call.outcome === 'timeout' ? timeoutOutcome : call.outcome;
    add(callsByOutcome, `${provider} ${outcome}`, 1);
    for (const [tokenClass, count] of Object.entries(tokens ?? {})) {
      add(tokensByClass, `${provider} ${tokenClass}`, count);
    }
    const own = costUsd === undefined ? undefined : Math.round(costUsd * 1e12);
    const cost = tokens === undefined ? undefined : (own ?? costOf(provider, model, tokens));
    if (cost !== undefined) costs.push(cost + Math.round(feesUsd * 1e12));
    else if (outcome !== 'error') unpriced += 1;
  }
  return {
    calls: observed.length,
    spans: observed.length,
    unpriced,
    problems: 0,
    callsByOutcome: sorted(callsByOutcome),
    tokensByClass: sorted(tokensByClass),
    costs: costs.sort((a, b) => a - b),
    picoUsd: costs.reduce((sum, cost) => sum + cost, 0),
  };
}

function measuredAt(sink: OtlpSink, requests: number): Account {
  const totals = (metric: string, attribute: string): Readonly<Record<string, number>> => {
    const sums = new Map<string, number>();
    for (const { attributes, value } of sink.metrics(metric)) {
      if (value === 0) continue;
      add(sums, `${attributes['gen_ai.provider.name']} ${attributes[attribute]}`, value);
    }
    return sorted(sums);
  };
  const costs = sink
    .spans()
    .map((span) => span.attributes['tokenmeter.cost.total'])
    .filter((cost) => typeof cost === 'number')
    .map((cost) => Math.round(cost * 1e12));
  const picoUsd = Math.round(sink.sumOf('tokenmeter.cost') * 1e12);
  return {
    calls: sink.sumOf('tokenmeter.calls'),
    spans: sink.spans().filter(({ attributes }) => attributes['tokenmeter.metered']).length,
    unpriced: sink.sumOf('tokenmeter.unpriced'),
    problems: sink.sumOf('tokenmeter.self.problems') + missed(sink, requests),
    callsByOutcome: totals('tokenmeter.calls', 'tokenmeter.outcome'),
    tokensByClass: totals('tokenmeter.tokens', 'tokenmeter.token.class'),
    costs: costs.sort((a, b) => a - b),
    picoUsd,
  };
}

/** Recognised requests and metered ones must both be all. */
function missed(sink: OtlpSink, requests: number): number {
  return ['recognised', 'metered']
    .map((name) => Math.abs(requests - sink.sumOf(`tokenmeter.self.${name}`)))
    .reduce((sum, count) => sum + count, 0);
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

function sorted(sums: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
