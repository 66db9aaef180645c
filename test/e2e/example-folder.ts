import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run-process.ts';

/** What an application installs of ours. */
const OURS = ['semconv', 'core', 'pricing', 'instrumentation', 'node'];

/** A folder that looks like an application's own. */
export interface ExampleFolder extends Disposable {
  readonly path: string;
}

/**
 * Makes an application folder inside an install, so that its packages are found as an application finds them, with our
 * built packages copied in as a registry would deliver them, and an example's files if one is named.
 */
export function makeExampleFolder(installed: string, example?: string): ExampleFolder {
  const path = join(installed, 'runs', randomUUID());
  for (const name of OURS) {
    const to = join(path, 'node_modules/@tokenmeter', name);
    const from = join(root, 'packages', name);
    mkdirSync(to, { recursive: true });
    cpSync(join(from, 'package.json'), join(to, 'package.json'));
    const filter = (file: string): boolean => !/\.(?:map|tsbuildinfo)$/.test(file);
    cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true, filter });
  }
  if (example !== undefined) cpSync(join(root, 'examples', example), path, { recursive: true });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
