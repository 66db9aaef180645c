import { stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CommandError, type Io } from './io.ts';

/** A file that a command writes at its end, checked at its beginning: nobody waits for a result that has no place. */
export interface OutputFile {
  write(text: string): Promise<void>;
}

/** Checks that a file can be written where `flag` says. Throws a `CommandError`, as `write` does. */
export async function openOutputFile(flag: string, file: string, io: Io): Promise<OutputFile> {
  const path = resolve(io.cwd, file);
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder?.isDirectory() !== true) {
    throw new CommandError(`${flag} ${file}: there is no folder ${dirname(path)}`, { exitCode: 2 });
  }
  const known = await stat(path).catch(() => undefined);
  if (known?.isDirectory() === true) {
    throw new CommandError(`${flag} ${file} is a folder: name a file in it`, { exitCode: 2 });
  }
  return {
    async write(text) {
      try {
        await writeFile(path, text);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new CommandError(`cannot write ${file}: ${reason}`, { cause: error });
      }
    },
  };
}
