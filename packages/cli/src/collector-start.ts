import { accessSync, constants, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type CollectorComposition, renderConfigArguments } from '@tokenmeter/collector-config';
import { type CollectorProgram, findCollector } from './collector-binary.ts';
import { type CollectorOptions, chooseCollector } from './collector-choice.ts';
import { configFolder, dataVariables } from './collector-data.ts';
import {
  absentFiles,
  missingVariables,
  oddVariables,
  settleVariables,
} from './collector-variables.ts';
import { CommandError, type Io } from './io.ts';

/** Everything that a start needs but its ports. */
export interface PreparedCollector {
  readonly composition: CollectorComposition;
  readonly program: CollectorProgram;
  /** The `--config` list. */
  readonly args: readonly string[];
  /** Variables that name data files, and those that the Collector must read otherwise than they are set. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Composes what was chosen, demands what it needs from the environment, renders price files into `folder` and finds a
 * Collector. Throws a `CommandError` that names everything that is missing.
 */
export async function prepareCollector(
  options: CollectorOptions & { readonly binary?: string },
  folder: string,
  io: Io,
): Promise<PreparedCollector> {
  const composition = chooseCollector(options, io.env);
  const problems = [
    ...missingVariables(composition, io.env),
    ...oddVariables(composition, io.env),
    ...absentFiles(composition, io.env, (path) => isReadable(resolve(io.cwd, path))),
  ];
  if (problems.length > 0) {
    throw new CommandError(problems.join('\n'), {
      hint: 'set it in the environment; collector-config/README.md says what each backend wants',
      exitCode: 2,
    });
  }
  const data = await dataVariables(composition, { ...options, folder: join(folder, 'data') }, io);
  const program = await findCollector({ ...options, contribOnly: composition.contribOnly }, io);
  const args = renderConfigArguments(composition, configFolder());
  const variables = { ...settleVariables(composition, io.env), ...data };
  return { composition, program, args, variables };
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
