import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, where they are missing. Rejects with the system's error.
 *
 * Node's own `recursive` never comes back where the system keeps saying that a folder which is there is missing, as
 * `/proc` does (seen in 24.21).
 */
export async function makeFolder(path: string): Promise<void> {
  const missing = await makeOne(path);
  if (missing === undefined) return;
  if (dirname(path) === path) throw missing;
  await makeFolder(dirname(path));
  const stillMissing = await makeOne(path);
  if (stillMissing !== undefined) throw stillMissing;
}

/** The error where the folder above is missing; rejects with any other. */
async function makeOne(path: string): Promise<Error | undefined> {
  try {
    await mkdir(path);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (error instanceof Error && code === 'ENOENT') return error;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return undefined;
    throw error;
  }
}
