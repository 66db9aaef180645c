import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from './config/load-config.ts';
import { CommandError, type Io } from './io.ts';

/** Options that say which state is meant. */
export interface StateOptions {
  readonly data: string;
  readonly state?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** A state file that exists, and how times and links of it are told. */
export interface ChosenState {
  readonly path: string;
  readonly timeZone: string;
  readonly pageUrl?: string;
}

/** Name of the worker's state file in the folder of the ledger. */
export const STATE_FILE = 'worker.sqlite';

/** Finds the state file: as asked, as configured, or beside the ledger. Throws a `CommandError` when there is none. */
export function chooseState(options: StateOptions, io: Io): ChosenState {
  const { config, folder } = loadConfig(io, { config: options.config, needsSecrets: false });
  const { statePath } = config.worker;
  const configured = statePath === undefined ? undefined : resolve(folder, statePath);
  const path =
    options.state === undefined
      ? (configured ?? join(resolve(io.cwd, options.data), STATE_FILE))
      : resolve(io.cwd, options.state);
  if (!existsSync(path)) {
    throw new CommandError(`there is no worker state at ${path}`, {
      hint: 'it is made by tokenmeter up or tokenmeter worker; name it with --data DIR or --state FILE',
    });
  }
  const timeZone = config.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    path,
    timeZone,
    ...(config.baseUrl === undefined ? {} : { pageUrl: config.baseUrl }),
  };
}
