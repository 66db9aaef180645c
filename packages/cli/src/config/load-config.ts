import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { ENV } from '@tokenmeter/semconv';
import { CommandError, type Io } from '../io.ts';
import { createSecretReader, type ReadSecret } from './check-secrets.ts';
import { renderConfigProblems } from './config-problem.ts';
import { parseConfig } from './parse-config.ts';
import type { TokenmeterConfig } from './tokenmeter-config.ts';

const DEFAULT_FILE = 'tokenmeter.yaml';

/** A configuration that has no problem. */
export interface LoadedConfig {
  /** Absolute; undefined when there is no file and everything has its default. */
  readonly path?: string;
  /** Folder to which paths in the configuration are relative. */
  readonly folder: string;
  readonly config: TokenmeterConfig;
  readonly readSecret: ReadSecret;
}

/** How a configuration is found and how far it is checked. */
export interface LoadConfigOptions {
  /** Path as given; undefined: TOKENMETER_CONFIG, else tokenmeter.yaml of the working directory if there is one. */
  readonly config?: string | undefined;
  /** Whether secrets must be there. Default true. */
  readonly needsSecrets?: boolean;
}

/** Loads the configuration. Throws a `CommandError` of exit code 2 that lists every problem with its place. */
export function loadConfig(io: Io, options: LoadConfigOptions = {}): LoadedConfig {
  const path = findConfig(io, options);
  const folder = path === undefined ? io.cwd : dirname(path);
  const readSecret = createSecretReader(io.env, folder);
  const text = path === undefined ? '' : readText(path, io);
  const parsed = parseConfig(text, options.needsSecrets === false ? undefined : readSecret);
  if (!parsed.ok) {
    const file = path === undefined ? DEFAULT_FILE : relative(io.cwd, path) || path;
    const { length } = parsed.problems;
    const count = `${length} ${length === 1 ? 'problem' : 'problems'} in ${file}`;
    throw new CommandError(`${count}\n${renderConfigProblems(file, parsed.problems)}`, {
      hint: 'docs/configuration.md describes every key',
      exitCode: 2,
    });
  }
  return { ...(path === undefined ? {} : { path }), folder, config: parsed.config, readSecret };
}

function findConfig(io: Io, { config }: LoadConfigOptions): string | undefined {
  const asked = config ?? (io.env[ENV.config.name] || undefined);
  if (asked !== undefined) return resolve(io.cwd, asked);
  const usual = resolve(io.cwd, DEFAULT_FILE);
  return existsSync(usual) ? usual : undefined;
}

function readText(path: string, io: Io): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`the configuration ${relative(io.cwd, path) || path} cannot be read`, {
      hint: 'name it with --config FILE or TOKENMETER_CONFIG',
      exitCode: 2,
      cause: error,
    });
  }
}
