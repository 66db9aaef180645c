import { openReplay, type ReplayOptions } from '../backtest/open-replay.ts';
import type { Io } from '../io.ts';
import { openOutputFile } from '../output-file.ts';
import { renderProposedRules, renderTune, renderTuneJson } from '../render/render-tune.ts';
import { chooseLevels, settleLevels } from '../tune/choose-levels.ts';
import { parseAlarmBudget } from '../tune/parse-alarm-budget.ts';
import { runTune } from '../tune/run-tune.ts';

/** Options of `tokenmeter tune`. */
export interface TuneOptions extends ReplayOptions {
  readonly budget: string;
  readonly write?: string;
  readonly json?: boolean;
}

const PROGRESS_EVERY_MS = 200;

/** Proposes gates for a budget of alarms on past usage. */
export async function runTuneCommand(options: TuneOptions, io: Io): Promise<void> {
  const budgetPerWeek = parseAlarmBudget(options.budget);
  const file =
    options.write === undefined ? undefined : await openOutputFile('--write', options.write, io);
  const replay = await openReplay(options, io);
  let shownMs = 0;
  const onProgress = (share: number): void => {
    if (!io.isErrorTerminal || performance.now() - shownMs < PROGRESS_EVERY_MS) return;
    shownMs = performance.now();
    io.stderr(`\r\u001b[Kreplaying: ${Math.round(share * 100)} %`);
  };
  const result = await runTune(replay, { signal: io.stop, onProgress });
  if (io.isErrorTerminal) io.stderr('\r\u001b[K');
  const { rules, alarmsAt } = result;
  const chosen = chooseLevels(rules.length, alarmsAt, budgetPerWeek);
  const levels = settleLevels(rules, chosen, alarmsAt);
  const proposal = { result, levels, budgetPerWeek };
  io.stdout(options.json === true ? renderTuneJson(proposal) : renderTune(proposal));
  if (file !== undefined) {
    await file.write(renderProposedRules(proposal));
    io.stderr(`rules written to ${options.write}\n`);
  }
}
