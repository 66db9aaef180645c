import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finished, makeFolder, runTokenmeter } from './run-process.ts';

/** A folder in which commands run. */
export interface Desk extends AsyncDisposable {
  readonly path: string;
  run(args: readonly string[], input?: string): Promise<Finished>;
  write(name: string, text: string): Promise<void>;
  /** Runs a command with `--json` and gives its one line. */
  json(args: readonly string[]): Promise<Record<string, unknown>>;
}

/** Makes one with a price cache of its own. */
export async function makeDesk(): Promise<Desk> {
  const folder = await makeFolder();
  const run = (args: readonly string[], input = ''): Promise<Finished> =>
    runTokenmeter(args, { cwd: folder.path, env: { XDG_CACHE_HOME: folder.path }, input });
  return {
    path: folder.path,
    run,
    write: (name: string, text: string) => writeFile(join(folder.path, name), text),
    async json(args: readonly string[]): Promise<Record<string, unknown>> {
      const { stdout, stderr } = await run([...args, '--json']);
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** The objects of JSON lines. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}
