import type { SeriesLabels, UsageMinute } from '@tokenmeter/anomaly';

/** Names of a row; undefined where the cell is empty or absent. */
export interface UsageNames {
  readonly service: string;
  readonly feature: string;
  readonly model: string;
  readonly provider: string;
  readonly environment: string | undefined;
  readonly team: string | undefined;
  readonly user: string | undefined;
  readonly promptVersion: string | undefined;
}

/** One series of a table; user and prompt version tell rows apart that rules see as one series. */
interface TableSeries {
  readonly labels: SeriesLabels;
  readonly user: string | undefined;
  readonly promptVersion: string | undefined;
}

/** Numbers of one row. */
export interface UsageNumbers {
  readonly calls: number;
  readonly costUsd: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
  readonly unpricedCalls: number;
  readonly errors: number;
  readonly retries: number;
}

/** The names of all numbers of a row. */
export const USAGE_NUMBERS: readonly (keyof UsageNumbers)[] = [
  'calls',
  'costUsd',
  'inputTokens',
  'cacheReadTokens',
  'outputTokens',
  'unpricedCalls',
  'errors',
  'retries',
];

const FIRST_CAPACITY = 4096;

/** Numbers that grow, 8 bytes each: millions of rows fit where objects would not. */
class Column {
  #values = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }
}

/** Rows of usage by column, in the order in which they came. */
export class UsageTable {
  readonly series: TableSeries[] = [];
  readonly #seriesByKey = new Map<string, number>();
  readonly #labelsByKey = new Map<string, SeriesLabels>();
  readonly #times = new Column();
  readonly #seriesOfRow = new Column();
  readonly #lines = new Column();
  readonly #numbers = USAGE_NUMBERS.map((name) => [name, new Column()] as const);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Number of a series, the same for the same names. Rows that rules see as one series share one object of labels. */
  seriesNumber(names: UsageNames): number {
    const { service, environment, feature, team, provider, model, user, promptVersion } = names;
    const labelsKey = [service, environment, feature, team, provider, model].join('\u0000');
    const key = [labelsKey, user, promptVersion].join('\u0000');
    const known = this.#seriesByKey.get(key);
    if (known !== undefined) return known;
    const labels = this.#labelsByKey.get(labelsKey) ?? {
      service,
      ...(environment !== undefined && { environment }),
      feature,
      ...(team !== undefined && { team }),
      provider,
      model,
    };
    this.#labelsByKey.set(labelsKey, labels);
    const number = this.series.push({ labels, user, promptVersion }) - 1;
    this.#seriesByKey.set(key, number);
    return number;
  }

  add(row: {
    readonly epochMs: number;
    readonly series: number;
    readonly line: number;
    readonly numbers: UsageNumbers;
  }): void {
    this.#times.push(row.epochMs);
    this.#seriesOfRow.push(row.series);
    this.#lines.push(row.line);
    for (const [name, column] of this.#numbers) column.push(row.numbers[name]);
    this.#length += 1;
  }

  epochMs(row: number): number {
    return this.#times.at(row);
  }

  /** Line of the file that a row stands on. */
  line(row: number): number {
    return this.#lines.at(row);
  }

  seriesOf(row: number): number {
    return this.#seriesOfRow.at(row);
  }

  cacheReadTokens(row: number): number {
    return this.#numbers[3]?.[1].at(row) ?? 0;
  }

  inputTokens(row: number): number {
    return this.#numbers[2]?.[1].at(row) ?? 0;
  }

  /** The row as rules want it. Labels are the same object for the same series. */
  minute(row: number, startEpochMs: number): UsageMinute | undefined {
    const series = this.series[this.seriesOf(row)];
    if (series === undefined) return undefined;
    const value = (column: number): number => this.#numbers[column]?.[1].at(row) ?? 0;
    return {
      minuteEpochMs: startEpochMs,
      labels: series.labels,
      calls: value(0),
      costUsd: value(1),
      inputTokens: value(2),
      cacheReadTokens: value(3),
      outputTokens: value(4),
      unpricedCalls: value(5),
      cacheHits: 0,
      cacheMisses: 0,
      errors: value(6),
      retries: value(7),
    };
  }
}
