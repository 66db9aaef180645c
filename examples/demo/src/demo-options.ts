import { parseArgs } from 'node:util';

/** What a person may choose. */
export interface DemoOptions {
  /** End once the incidents were delivered. */
  readonly untilAlerts: boolean;
  /** Port of page and receiver; 0 lets the system choose. Undefined: the default or the next free one. */
  readonly port: number | undefined;
  readonly seed: number;
}

/** Options, or what is wrong with them. */
export type ParsedDemoOptions =
  | { readonly ok: true; readonly options: DemoOptions }
  | { readonly ok: false; readonly problem: string };

const USAGE = 'usage: npm start -- [--until-alerts] [--port NUMBER] [--seed NUMBER]';

/** Parses the arguments of the demo. Never throws. */
export function parseDemoOptions(args: readonly string[]): ParsedDemoOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'until-alerts': { type: 'boolean', default: false },
        port: { type: 'string' },
        seed: { type: 'string', default: '1' },
      },
    });
    const port = values.port === undefined ? undefined : parseCount(values.port, 65_535);
    const seed = parseCount(values.seed, 2 ** 31);
    if (Number.isNaN(port)) return wrong(`--port must be 0 to 65535, got ${values.port}`);
    if (Number.isNaN(seed)) return wrong(`--seed must be a whole number, got ${values.seed}`);
    return { ok: true, options: { untilAlerts: values['until-alerts'], port, seed } };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

function wrong(problem: string): ParsedDemoOptions {
  return { ok: false, problem: `${problem}\n${USAGE}` };
}

/** NaN when the text is no whole number up to `most`. */
function parseCount(text: string, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value <= most ? value : Number.NaN;
}
