import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { renderStarter } from '../config/render-starter.ts';
import { CommandError, type Io } from '../io.ts';

/** Writes a first tokenmeter.yaml and says what to do with it. Throws a `CommandError` where there is a file already. */
export async function runConfigInit(file: string, io: Io): Promise<void> {
  try {
    await writeFile(resolve(io.cwd, file), renderStarter(), { flag: 'wx' });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw code === 'EEXIST'
      ? new CommandError(`${file} is there already and was not changed`, {
          hint: `tokenmeter config check ${file}, or name another file`,
          cause,
        })
      : new CommandError(`${file} cannot be written (${code})`, { cause });
  }
  io.stdout(
    `${file} is written: budgets and thresholds stand in it, channels wait behind #:.\n  tokenmeter config check ${file}\n  tokenmeter alerts test --config ${file}\n  tokenmeter up --config ${file}\n`,
  );
}
