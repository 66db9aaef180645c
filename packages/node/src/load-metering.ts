import { loadHere } from './load-here.ts';

/** The instrumentation with its decoders. Throws when it is missing, which is a broken installation. */
export function loadInstrumentation(): typeof import('@tokenmeter/instrumentation') {
  return loadHere('@tokenmeter/instrumentation');
}

/** Reading of price files, and the bundled prices. */
export function loadPrices(): typeof import('./load-price-files.ts') {
  return loadHere('./load-price-files.js');
}
