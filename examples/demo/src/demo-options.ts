import { parseArgs } from 'node:util';

/** What a person may choose. */
export interface DemoOptions {
  /** End once the incidents were delivered. */
  readonly untilAlerts: boolean;
  /** Port of page and receiver; 0 lets the system choose. Undefined: the default or the next free one. */
  readonly port: number | undefined;
  readonly seed: number;
}

/** Options, a question for help, or what is wrong. */
export type ParsedDemoOptions =
  | { readonly ok: true; readonly options: DemoOptions }
  | { readonly ok: true; readonly help: string }
  | { readonly ok: false; readonly problem: string };

const USAGE = 'usage: npm start -- [--until-alerts] [--port NUMBER] [--seed NUMBER]';

const HELP = `${USAGE}

Runs Tokenmeter with a small real application against a local replay provider, until Ctrl-C: a page with four weeks of
history, and within about three minutes four incidents, delivered to stand-ins. Nothing leaves this machine; the folder
that it works in is removed at the end.

  --until-alerts  end by itself, with exit code 0, once the incidents were delivered
  --port NUMBER   port of page and receiver (default: 4318, or the next free one); 0 lets the system choose
  --seed NUMBER   another course of the traffic (default: 1)
`;

/** Parses the arguments of the demo. Never throws. */
export function parseDemoOptions(args: readonly string[]): ParsedDemoOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'until-alerts': { type: 'boolean', default: false },
        port: { type: 'string' },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { ok: true, help: HELP };
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
