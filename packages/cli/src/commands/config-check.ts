import { relative } from 'node:path';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { createWorkerSetup } from '../config/worker-setup.ts';
import { CommandError, type Io } from '../io.ts';
import { createRuleSetup } from '../rule-setup.ts';
import { readTimeZone } from '../time-zone.ts';

/** Options of `tokenmeter config check`. */
export interface ConfigCheckOptions {
  /** False with `--no-secrets`. */
  readonly secrets: boolean;
  readonly json?: boolean;
}

/** Checks a configuration and says what it configures. Throws a `CommandError` that lists every problem. */
export async function runConfigCheck(
  file: string | undefined,
  options: ConfigCheckOptions,
  io: Io,
): Promise<void> {
  const loaded = loadConfig(io, { config: file, needsSecrets: options.secrets });
  if (loaded.path === undefined) {
    throw new CommandError('there is no tokenmeter.yaml here', {
      hint: 'write one with: tokenmeter config init, or name a file: tokenmeter config check FILE',
      exitCode: 2,
    });
  }
  await tryOut(loaded, options, io);
  const { config } = loaded;
  const path = relative(io.cwd, loaded.path) || loaded.path;
  const counts = {
    channels: Object.keys(config.channels).length,
    routes: config.routes.length,
    budgets: config.budgets.length,
    sources: config.sources?.length ?? (config.source === undefined ? 0 : 1),
  };
  if (options.json === true) {
    io.stdout(`${JSON.stringify({ ok: true, file: path, ...counts })}\n`);
    return;
  }
  const parts = Object.entries(counts).map(
    ([name, count]) => `${count} ${count === 1 ? name.slice(0, -1) : name}`,
  );
  io.stdout(`${path} is good: ${parts.join(', ')}.\n`);
}

/** Makes of the configuration what a worker would, without starting anything: only then some problems show. */
async function tryOut(
  loaded: LoadedConfig,
  { secrets }: ConfigCheckOptions,
  io: Io,
): Promise<void> {
  const timeZone = readTimeZone(loaded.config.timeZone);
  const problems: string[] = [];
  const note = (error: unknown): void => {
    if (!(error instanceof CommandError)) throw error;
    problems.push(error.message);
  };
  await createRuleSetup(loaded.config, timeZone).catch(note);
  try {
    if (secrets) createWorkerSetup(loaded, io, { isJson: false, timeZone });
  } catch (error) {
    note(error);
  }
  if (problems.length > 0) throw new CommandError(problems.join('\n'), { exitCode: 2 });
}
