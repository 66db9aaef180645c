import { ENV } from '@tokenmeter/semconv';
import type { Io } from './io.ts';

/** Price files as the command line names them. */
export interface PriceFileNames {
  /** Undefined: those of TOKENMETER_PRICES. */
  readonly prices?: readonly string[];
}

/** The price files named by `--prices`, else by TOKENMETER_PRICES; first file first, as they were written. */
export function priceFilePaths(names: PriceFileNames, env: Io['env']): readonly string[] {
  const paths = names.prices ?? (env[ENV.prices.name] ?? '').split(',');
  return paths.map((path) => path.trim()).filter((path) => path !== '');
}
