import { createRequire } from 'node:module';

/**
 * Loads a file of this package, or a package that it depends on, when it is needed: an ES module preload cannot wait for
 * an `import()`. Throws when it is missing, as the files of this package are where a bundler put it into another file.
 */
export const loadHere: NodeJS.Require = createRequire(placeOf(import.meta.url));

/** Bundles of CommonJS have no `import.meta.url`; from the place of Node itself nothing is found, which is told, not thrown. */
function placeOf(url: string | undefined): string {
  return url ?? process.execPath;
}
