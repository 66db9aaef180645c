import { openReplay, type ReplayOptions } from '../backtest/open-replay.ts';
import { renderTransitionLine } from '../backtest/render-transition-line.ts';
import { runReplay } from '../backtest/run-replay.ts';
import type { Io } from '../io.ts';
import { openOutputFile } from '../output-file.ts';
import { renderBacktest } from '../render/render-backtest.ts';
import { renderBacktestHtml } from '../render/render-backtest-html.ts';

/** Options of `tokenmeter backtest`. */
export interface BacktestOptions extends ReplayOptions {
  readonly html?: string;
  readonly json?: boolean;
}

/** Replays the rules over past usage and shows what would have fired. */
export async function runBacktest(options: BacktestOptions, io: Io): Promise<void> {
  const html =
    options.html === undefined ? undefined : await openOutputFile('--html', options.html, io);
  const replay = await openReplay(options, io);
  const isJson = options.json === true;
  const report = await runReplay(
    replay,
    isJson ? { onTransition: (change) => io.stdout(renderTransitionLine(change)) } : {},
    io,
  );
  if (!isJson) io.stdout(renderBacktest(report, io.columns));
  if (html !== undefined) {
    await html.write(renderBacktestHtml(report));
    io.stderr(`report written to ${options.html}\n`);
  }
}
