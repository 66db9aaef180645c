import { createRequire } from 'node:module';

// What only a first call needs is loaded with `require`: an ES module preload cannot wait for an `import()`.
const load = createRequire(import.meta.url);

/** The instrumentation with its decoders. Throws when it is missing, which is a broken installation. */
export function loadInstrumentation(): typeof import('@tokenmeter/instrumentation') {
  return load('@tokenmeter/instrumentation');
}

/** Reading of price files, and the bundled prices. */
export function loadPrices(): typeof import('./load-price-files.ts') {
  return load('./load-price-files.js');
}
