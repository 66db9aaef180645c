import { parseTime } from '../price-time.ts';
import type { UsageNames, UsageNumbers } from './usage-table.ts';

/** Columns that a file must have, in the order of its header line. */
const REQUIRED_COLUMNS = [
  'time',
  'service',
  'feature',
  'model',
  'provider',
  'calls',
  'cost_usd',
  'input_tokens',
  'cache_read_tokens',
  'output_tokens',
] as const;

/** Columns that a file may have beside them. */
const OPTIONAL_COLUMNS = [
  'environment',
  'team',
  'user',
  'prompt_version',
  'errors',
  'retries',
] as const;

/** Name of a column that is read. */
type ColumnName = (typeof REQUIRED_COLUMNS)[number] | (typeof OPTIONAL_COLUMNS)[number];

/** Where each column stands; absent columns are not in it. */
type ColumnPlaces = Readonly<Partial<Record<ColumnName, number>>>;

/** A usable row, or why it is not. */
export type ParsedUsageRow =
  | {
      readonly ok: true;
      readonly epochMs: number;
      readonly names: UsageNames;
      readonly numbers: UsageNumbers;
    }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Number of the cell, from 0; undefined where it is the whole row. */
      readonly cell?: number;
    };

const MINUTE_MS = 60_000;
/** As in a ledger: beyond it a count is an error of whoever wrote it. */
const LARGEST = 2 ** 53;

/** The places of the known columns in a header and how many cells it has, or every problem that it has. */
export function readHeader(
  header: readonly string[],
):
  | { readonly ok: true; readonly places: ColumnPlaces; readonly width: number }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const names = header.map((name) => name.trim().toLowerCase());
  const problems: string[] = [];
  const places: Partial<Record<ColumnName, number>> = {};
  for (const name of [...REQUIRED_COLUMNS, ...OPTIONAL_COLUMNS]) {
    const place = names.indexOf(name);
    if (place >= 0) places[name] = place;
    if (place >= 0 && names.includes(name, place + 1)) problems.push(`column ${name} comes twice`);
  }
  const missing = REQUIRED_COLUMNS.filter((name) => places[name] === undefined);
  if (missing.length > 0) problems.push(`${strangeness(header)}no column ${missing.join(', ')}`);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, places, width: header.length };
}

/** What makes a header unreadable as a whole, as the beginning of a sentence; empty where nothing does. */
function strangeness(header: readonly string[]): string {
  const text = header.join(',');
  if (/[\0\uFFFD]/.test(text)) return 'it is not UTF-8 text; ';
  if (text.includes('\r')) return 'its lines end with a carriage return only; ';
  if (header.length > 1) return '';
  return /[;\t|]/.test(text) ? 'its cells are not separated by commas; ' : '';
}

/** Reads rows of one file; keeps what repeats, so that a million rows cost little. */
export class UsageRowReader {
  readonly #places: ColumnPlaces;
  readonly #width: number;
  #lastTime: { readonly text: string; readonly epochMs: number | undefined } = {
    text: '',
    epochMs: undefined,
  };

  constructor({ places, width }: { readonly places: ColumnPlaces; readonly width: number }) {
    this.#places = places;
    this.#width = width;
  }

  /** Never throws. */
  read(cells: readonly string[]): ParsedUsageRow {
    const cell = (name: ColumnName): string | undefined => {
      const place = this.#places[name];
      return place === undefined ? undefined : cells[place];
    };
    if (cells.length < REQUIRED_COLUMNS.length) {
      const wanted = REQUIRED_COLUMNS.length;
      return { ok: false, reason: `expected at least ${wanted} cells, got ${cells.length}` };
    }
    // A comma within a number, as in 1,000, moves all cells behind it.
    if (cells.length > this.#width && cells.slice(this.#width).some((one) => one.trim() !== ''))
      return { ok: false, reason: `expected at most ${this.#width} cells, got ${cells.length}` };
    const time = (cell('time') ?? '').trim();
    const epochMs = this.#epochMs(time);
    if (epochMs === undefined) return this.#bad('time', `is not ISO 8601: ${quote(time)}`);
    if (epochMs % MINUTE_MS !== 0)
      return this.#bad('time', `is not the start of a minute: ${quote(time)}`);
    const numbers = readNumbers(cell);
    if ('problem' in numbers) return this.#bad(numbers.column, numbers.problem);
    return { ok: true, epochMs, names: readNames(cell), numbers };
  }

  #bad(column: ColumnName, problem: string): ParsedUsageRow {
    const cell = this.#places[column];
    return { ok: false, reason: `${column} ${problem}`, ...(cell !== undefined && { cell }) };
  }

  #epochMs(text: string): number | undefined {
    if (text !== this.#lastTime.text) this.#lastTime = { text, epochMs: parseTime(text) };
    return this.#lastTime.epochMs;
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}

function readNames(cell: (name: ColumnName) => string | undefined): UsageNames {
  const optional = (name: ColumnName): string | undefined => {
    const text = cell(name);
    return text === undefined || text === '' ? undefined : text;
  };
  return {
    service: optional('service') ?? 'unknown',
    feature: optional('feature') ?? 'unattributed',
    model: optional('model') ?? 'unknown',
    provider: optional('provider') ?? 'unknown',
    environment: optional('environment'),
    team: optional('team'),
    user: optional('user'),
    promptVersion: optional('prompt_version'),
  };
}

const COUNT_COLUMNS = [
  'calls',
  'input_tokens',
  'cache_read_tokens',
  'output_tokens',
  'errors',
  'retries',
] as const;

/** What is wrong with a cell. */
interface CellProblem {
  readonly column: ColumnName;
  readonly problem: string;
}

function readNumbers(cell: (name: ColumnName) => string | undefined): UsageNumbers | CellProblem {
  const counts: Partial<Record<(typeof COUNT_COLUMNS)[number], number>> = {};
  for (const name of COUNT_COLUMNS) {
    const value = readCount(name, cell(name));
    if (typeof value === 'string') return { column: name, problem: value };
    counts[name] = value;
  }
  const costText = cell('cost_usd');
  const isPriced = costText !== undefined && costText.trim() !== '';
  const costUsd = isPriced ? readNumber(costText) : 0;
  if (typeof costUsd === 'string') return { column: 'cost_usd', problem: costUsd };
  const calls = counts.calls ?? 0;
  return {
    calls,
    costUsd,
    inputTokens: counts.input_tokens ?? 0,
    cacheReadTokens: counts.cache_read_tokens ?? 0,
    outputTokens: counts.output_tokens ?? 0,
    unpricedCalls: isPriced ? 0 : calls,
    errors: counts.errors ?? 0,
    retries: counts.retries ?? 0,
  };
}

/** Only the number of calls is needed; tokens, errors and retries may be unknown. */
function readCount(name: string, text: string | undefined): number | string {
  return name !== 'calls' && (text === undefined || text === '') ? 0 : readNumber(text);
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The number, or what is wrong with it. */
function readNumber(text: string | undefined): number | string {
  const trimmed = text?.trim() ?? '';
  if (/^[+-]?(?:inf|infinity)$/i.test(trimmed)) return `is not finite: ${quote(trimmed)}`;
  if (!NUMBER.test(trimmed)) return `is not a number: ${quote(trimmed)}`;
  const value = Number(trimmed);
  if (!Number.isFinite(value)) return `is not finite: ${quote(trimmed)}`;
  if (value < 0) return `is negative: ${quote(trimmed)}`;
  return value > LARGEST ? `is beyond 2^53: ${quote(trimmed)}` : value;
}
