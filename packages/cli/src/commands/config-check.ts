import { relative } from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import { CommandError, type Io } from '../io.ts';

/** Options of `tokenmeter config check`. */
export interface ConfigCheckOptions {
  /** False with `--no-secrets`. */
  readonly secrets: boolean;
  readonly json?: boolean;
}

/** Checks a configuration and says what it configures. Throws a `CommandError` that lists every problem. */
export function runConfigCheck(
  file: string | undefined,
  options: ConfigCheckOptions,
  io: Io,
): void {
  const loaded = loadConfig(io, { config: file, needsSecrets: options.secrets });
  if (loaded.path === undefined) {
    throw new CommandError('there is no tokenmeter.yaml here', {
      hint: 'start from examples/config/tokenmeter.yaml, or name a file: tokenmeter config check FILE',
      exitCode: 2,
    });
  }
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
  const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  io.stdout(`${path} is good: ${parts.join(', ')}.\n`);
}
