import { resolve } from 'node:path';
import type { RepriceReport } from '@tokenmeter/server';
import { CommandError, type Io } from '../io.ts';
import { readTime } from '../price-time.ts';
import { renderUsd } from '../render/render-money.ts';
import { renderReprice, renderRepriceJson } from '../render/render-reprice.ts';
import { prepareReprice, type RepriceStep, type RunRepriceStep } from '../reprice-steps.ts';

/** Options of `tokenmeter ledger reprice`. */
export interface LedgerRepriceOptions {
  readonly from: string;
  readonly to?: string;
  readonly prices?: readonly string[];
  readonly replace?: boolean;
  readonly provider?: string;
  readonly model?: string;
  readonly feature?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly data: string;
}

async function reportOf(run: RunRepriceStep, step: RepriceStep): Promise<RepriceReport> {
  const outcome = await run(step);
  if (outcome.kind === 'done') return outcome.report;
  throw new CommandError('the figures are no longer those shown; nothing was written', {
    hint: 'run the command again to see the new ones',
  });
}

/** True to write. Throws when nobody can be asked. */
async function isAgreed(report: RepriceReport, io: Io): Promise<boolean> {
  const calls = report.changedCalls === 1 ? '1 new cost' : `${report.changedCalls} new costs`;
  const answer = await io.ask(`Write ${calls} beside the old? [y/N] `);
  if (answer === undefined) {
    throw new CommandError('nothing was written: nobody is there to agree', {
      hint: 'write without asking with --yes',
      exitCode: 2,
    });
  }
  return /^y(es)?$/i.test(answer.trim());
}

function show(report: RepriceReport, options: LedgerRepriceOptions, io: Io): void {
  io.stdout(options.json === true ? renderRepriceJson(report) : renderReprice(report));
}

function sayWritten({ changedCalls, before, after }: RepriceReport, io: Io): void {
  const money = `${renderUsd(before.usd)} became ${renderUsd(after.usd)}`;
  io.stderr(
    `${changedCalls} new ${changedCalls === 1 ? 'cost' : 'costs'} written: ${money}.\n  Minutes stay as they were reported; the difference: tokenmeter sql "SELECT * FROM repriced_1m"\n`,
  );
}

/** Prices past calls again: shows the difference, asks, and writes the new costs beside the old ones. */
export async function runLedgerReprice(options: LedgerRepriceOptions, io: Io): Promise<void> {
  const fromEpochMs = readTime('--from', options.from);
  const toEpochMs = readTime('--to', options.to);
  if (fromEpochMs >= toEpochMs) {
    throw new CommandError('--from must be before --to', { exitCode: 2 });
  }
  const { provider, model, feature } = options;
  const filters = { provider, model, feature };
  const dataDir = resolve(io.cwd, options.data);
  const range = { dataDir, fromEpochMs, toEpochMs, filters };
  const run = await prepareReprice(range, options, io);
  const preview = await reportOf(run, { isApplied: false });
  const isSilent = options.json === true && options.yes === true;
  if (!isSilent) show(preview, options, io);
  if (preview.changedCalls === 0) {
    if (isSilent) show(preview, options, io);
    io.stderr('no cost differs; nothing to write\n');
    return;
  }
  if (options.yes !== true && !(await isAgreed(preview, io))) {
    io.stderr('nothing was written\n');
    return;
  }
  const written = await reportOf(run, {
    isApplied: true,
    ...(options.yes !== true && { expectedToken: preview.token }),
  });
  if (options.json === true) show(written, options, io);
  sayWritten(written, io);
}
