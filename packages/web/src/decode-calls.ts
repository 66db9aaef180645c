import { type Fields, isFields } from './fields.ts';

/** One call of the ledger, as the page Calls shows it. What the ledger does not know is undefined. */
export interface CallRow {
  readonly epochMs: number;
  readonly provider: string;
  readonly model: string;
  readonly feature: string;
  /** Undefined when the call has no price. */
  readonly costUsd?: number;
  /** All input, cached or not. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheTokens?: number;
  /** Further facts by name, in reading order. */
  readonly facts: readonly (readonly [string, string])[];
}

/** Columns of `llm_telemetry` that open with a row, and what the page calls them. */
const FACTS: readonly (readonly [string, string])[] = [
  ['model_family', 'Model family'],
  ['endpoint', 'Endpoint'],
  ['service', 'Service'],
  ['environment', 'Environment'],
  ['team', 'Team'],
  ['user_id', 'User'],
  ['operation', 'Operation'],
  ['reasoning_tokens', 'Reasoning tokens'],
  ['duration_ms', 'Duration, ms'],
  ['outcome', 'Outcome'],
  ['error_type', 'Error'],
  ['unpriced_reason', 'Why unpriced'],
  ['cost_source', 'Price from'],
  ['price_version', 'Price book'],
  ['is_seeded', 'Seeded'],
  ['span_id', 'Span'],
  ['trace_id', 'Trace'],
];

function parseCount(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const number = value === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function parseText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === true) return 'yes';
  return typeof value === 'number' ? String(value) : '';
}

/** Reads epoch milliseconds or ISO 8601; a time without a zone is UTC, as the ledger writes it. */
function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const hasZone = /(?:z|[+-]\d\d(?::?\d\d)?)$/i.test(value);
  const epochMs = Date.parse(hasZone ? value : `${value.replace(' ', 'T')}Z`);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

function decodeCall(value: unknown): CallRow | undefined {
  if (!isFields(value)) return undefined;
  const { timestamp, cost_usd, input_tokens, output_tokens, cache_tokens } = value;
  const epochMs = parseTime(timestamp);
  if (epochMs === undefined) return undefined;
  const counts = {
    costUsd: parseCount(cost_usd),
    inputTokens: parseCount(input_tokens),
    outputTokens: parseCount(output_tokens),
    cacheTokens: parseCount(cache_tokens),
  };
  const known = Object.entries(counts).filter(([, count]) => count !== undefined);
  const facts = FACTS.map(([column, name]) => [name, parseText(value[column])] as const);
  return {
    epochMs,
    provider: parseText(value.provider),
    model: parseText(value.model),
    feature: parseText(value.feature) || 'unattributed',
    ...Object.fromEntries(known),
    facts: facts.filter(([, text]) => text !== ''),
  };
}

/** Turns a table of named columns into rows by name; undefined when it is not such a table. */
function nameRows(table: Fields): readonly Fields[] | undefined {
  const { columns, rows } = table;
  if (!Array.isArray(columns) || !Array.isArray(rows)) return undefined;
  const names = columns.map((column) => (isFields(column) ? parseText(column.name) : ''));
  return rows.map((row) =>
    Object.fromEntries(Array.isArray(row) ? names.map((name, at) => [name, row[at]]) : []),
  );
}

/** Keeps the calls of one feature, one model, or both; what is undefined does not filter. */
export function filterCalls(
  calls: readonly CallRow[],
  wanted: { readonly feature?: string; readonly model?: string },
): readonly CallRow[] {
  const { feature, model } = wanted;
  return calls.filter(
    (call) =>
      (feature === undefined || call.feature === feature) &&
      (model === undefined || call.model === model),
  );
}

/**
 * Reads the answer of `GET /api/v1/calls`: a table of columns and rows, or a list of rows by name.
 *
 * Undefined when it is neither, or when one of its rows is not a call.
 */
export function decodeCalls(value: unknown): readonly CallRow[] | undefined {
  const rows = isFields(value) ? nameRows(value) : value;
  if (!Array.isArray(rows)) return undefined;
  const calls = rows.map(decodeCall).filter((call) => call !== undefined);
  return calls.length === rows.length ? calls : undefined;
}
