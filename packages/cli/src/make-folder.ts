import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, where they are missing. Rejects with the system's error. With `isPrivate` nobody
 * but the owner can look into what is made; a folder that is there keeps its mode.
 *
 * Node's own `recursive` never comes back where the system keeps saying that a folder which is there is missing, as
 * `/proc` does (seen in 24.21).
 */
export async function makeFolder(
  path: string,
  { isPrivate = false }: { readonly isPrivate?: boolean } = {},
): Promise<void> {
  const mode = isPrivate ? 0o700 : 0o777;
  const missing = await makeOne(path, mode);
  if (missing === undefined) return;
  if (dirname(path) === path) throw missing;
  await makeFolder(dirname(path), { isPrivate });
  const stillMissing = await makeOne(path, mode);
  if (stillMissing !== undefined) throw stillMissing;
}

/** The error where the folder above is missing; rejects with any other. */
async function makeOne(path: string, mode: number): Promise<Error | undefined> {
  try {
    await mkdir(path, { mode });
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (error instanceof Error && code === 'ENOENT') return error;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return undefined;
    throw error;
  }
}
