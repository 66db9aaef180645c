import { loadConfig } from '../config/load-config.ts';
import { CommandError, type Io } from '../io.ts';
import { createRuleSetup, type RuleSetup } from '../rule-setup.ts';
import { readTimeZone } from '../time-zone.ts';
import { type CsvOptions, openCsv } from './open-csv.ts';
import { openPast, type PastOptions } from './open-past.ts';
import { parseStep } from './parse-step.ts';
import { readRuleFile } from './read-rules.ts';
import type { ReplaySource } from './replay-source.ts';

/** What every replay of the past is asked with. */
export interface ReplayOptions extends Partial<CsvOptions>, PastOptions {
  readonly step?: string;
  readonly timeZone?: string;
  readonly rules?: string;
  readonly config?: string;
}

/** A past and the rules to judge it with. */
export interface OpenReplay {
  readonly source: ReplaySource;
  readonly rules: RuleSetup;
  readonly timeZone: string;
}

/**
 * Opens the past that is meant and the rules for it. A file is judged with the shipped rules in UTC unless told otherwise;
 * ledger and stores with what tokenmeter.yaml says. Throws a `CommandError`.
 */
export async function openReplay(options: ReplayOptions, io: Io): Promise<OpenReplay> {
  const { csv } = options;
  const places = [csv, options.source, options.prometheus].filter((place) => place !== undefined);
  if (places.length > 1) {
    throw new CommandError('--csv, --source and --prometheus exclude each other', { exitCode: 2 });
  }
  const stepMs = options.step === undefined ? undefined : parseStep(options.step);
  const named = options.rules === undefined ? undefined : await readRuleFile(options.rules, io);
  if (csv !== undefined) {
    if (options.from !== undefined || options.to !== undefined) {
      throw new CommandError(
        '--from and --to are for ledger and stores: a file is replayed whole',
        {
          exitCode: 2,
        },
      );
    }
    const timeZone = readTimeZone(options.timeZone ?? 'UTC');
    const config = options.config === undefined ? {} : loadConfig(io, options).config;
    const rules = await createRuleSetup(named ?? config, timeZone);
    return {
      source: await openCsv({ ...options, csv }, stepMs, io),
      rules,
      timeZone,
    };
  }
  if (options.gaps !== undefined) {
    throw new CommandError('--gaps belongs to --csv: ledger and stores know their own', {
      exitCode: 2,
    });
  }
  const needsSecrets = options.source !== undefined;
  const loaded = loadConfig(io, { config: options.config, needsSecrets });
  const timeZone = readTimeZone(options.timeZone ?? loaded.config.timeZone);
  const rules = await createRuleSetup(named ?? loaded.config, timeZone);
  return { source: await openPast(options, { loaded, stepMs, io }), rules, timeZone };
}
