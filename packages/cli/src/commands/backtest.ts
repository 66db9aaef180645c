import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DEFAULT_RULES } from '@tokenmeter/anomaly';
import { createHourOfWeek } from '@tokenmeter/worker';
import { type CsvOptions, openCsv } from '../backtest/open-csv.ts';
import { parseStep } from '../backtest/parse-step.ts';
import { renderTransitionLine } from '../backtest/render-transition-line.ts';
import { runReplay } from '../backtest/run-replay.ts';
import { CommandError, type Io } from '../io.ts';
import { renderBacktest } from '../render/render-backtest.ts';
import { renderBacktestHtml } from '../render/render-backtest-html.ts';
import { readTimeZone } from '../time-zone.ts';

/** Options of `tokenmeter backtest`. */
export interface BacktestOptions extends Partial<CsvOptions> {
  readonly step?: string;
  readonly timeZone?: string;
  readonly rules?: string;
  readonly html?: string;
  readonly json?: boolean;
}

/** Replays the rules over past usage and shows what would have fired. */
export async function runBacktest(options: BacktestOptions, io: Io): Promise<void> {
  const stepMs = parseStep(options.step);
  const timeZone = readTimeZone(options.timeZone);
  const { csv } = options;
  if (csv === undefined) throw new CommandError('--csv FILE is missing', { exitCode: 2 });
  const source = await openCsv({ ...options, csv }, stepMs, io);
  const isJson = options.json === true;
  const report = await runReplay(
    source,
    {
      rules: DEFAULT_RULES,
      hourOfWeek: createHourOfWeek(timeZone),
      timeZone,
      ...(isJson && { onTransition: (change) => io.stdout(renderTransitionLine(change)) }),
    },
    io,
  );
  if (!isJson) io.stdout(renderBacktest(report, io.columns));
  if (options.html !== undefined) {
    await writeFile(resolve(io.cwd, options.html), renderBacktestHtml(report));
    io.stderr(`report written to ${options.html}\n`);
  }
}
