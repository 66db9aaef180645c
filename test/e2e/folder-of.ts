import type { TestContext } from 'vitest';
import { installPackages } from './install-packages.ts';
import type { PackageSetName } from './package-sets.ts';

/** The folder of a set; where npm cannot bring it, the test says why it skips, and in CI it fails. */
export async function folderOf(name: PackageSetName, { skip }: TestContext): Promise<string> {
  const installed = await installPackages(name);
  if (installed.ok) return installed.folder;
  if (process.env.CI === 'true') throw new Error(installed.reason);
  return skip(installed.reason);
}
