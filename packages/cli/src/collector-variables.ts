import { type CollectorComposition, includedFiles } from '@tokenmeter/collector-config';
import { parse } from 'yaml';
import type { Io } from './io.ts';

type Environment = Io['env'];

/** Variables that the command sets itself when they are not set. */
const OWN_VARIABLES: ReadonlySet<string> = new Set([
  'TOKENMETER_HEALTH_PORT',
  'TOKENMETER_JOURNAL_PORT',
  'TOKENMETER_OTLP_GRPC_PORT',
  'TOKENMETER_OTLP_PORT',
  'TOKENMETER_QUEUE_DIR',
  'TOKENMETER_RUN_ID',
  'TOKENMETER_SELF_METRICS_PORT',
]);

/** The base of a URL that the Collector appends a path to. ClickHouse's is no HTTP. */
const BASE_URL = /^(?!TOKENMETER_BACKEND_CLICKHOUSE_)\w+_ENDPOINT$|^LANGFUSE_HOST$/;
const HEADERS = /_HEADERS$/;

/** True for a variable that holds the base of a URL. */
export function holdsBaseUrl(name: string): boolean {
  return BASE_URL.test(name);
}

/** True for a variable that holds headers. */
export function holdsHeaders(name: string): boolean {
  return HEADERS.test(name);
}

function isHttpUrl(text: string): boolean {
  // What another variable adds is not known here.
  return /^https?:\/\/[^\s/]\S*$/i.test(text) && (text.includes('${') || URL.canParse(text));
}

function headersIn(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries: (readonly [string, unknown])[] = Object.entries(value);
  const headers: Record<string, string> = {};
  for (const [name, each] of entries) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || typeof each !== 'string') return undefined;
    headers[name] = each;
  }
  return headers;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Headers as a YAML map (`{authorization: Bearer abc}`), or as OTEL_EXPORTER_OTLP_HEADERS has them
 * (`authorization=Bearer%20abc,x-tenant=a`). Undefined for what is neither. Never throws.
 */
export function parseHeaders(text: string): Readonly<Record<string, string>> | undefined {
  const pairs = text.split(',').map((pair) => /^\s*([^\s=:{}"']+)\s*=(.*)$/s.exec(pair));
  if (pairs.every((pair) => pair !== null)) {
    return headersIn(
      Object.fromEntries(
        pairs.map(([, name = '', value = '']) => [name, decodePercent(value.trim())]),
      ),
    );
  }
  try {
    // Of this schema every value is the text that stands there: 0123 stays what it is.
    return headersIn(parse(text, { schema: 'failsafe' }));
  } catch {
    return undefined;
  }
}

const matches =
  (pattern: RegExp) =>
  (text: string): boolean =>
    pattern.test(text);

/** What a variable must be where it is set, by its name. */
const SHAPES: readonly {
  readonly name: RegExp;
  readonly isRight: (text: string) => boolean;
  readonly want: string;
}[] = [
  { name: BASE_URL, isRight: isHttpUrl, want: 'a URL such as http://127.0.0.1:4318' },
  {
    name: /_ENDPOINT$/,
    isRight: matches(/^[a-z]+:\/\/[^\s/]/i),
    want: 'a URL such as tcp://127.0.0.1:9000',
  },
  {
    name: HEADERS,
    isRight: (text) => parseHeaders(text) !== undefined,
    want: 'headers such as authorization=Bearer%20abc,x-tenant=a',
  },
  {
    name: /^TOKENMETER_(?:QUEUE_BYTES|MEMORY_(?:SPIKE_)?MIB)$/,
    isRight: matches(/^[1-9]\d*$/),
    want: 'a whole number above 0',
  },
  {
    name: /^TOKENMETER_\w+_PORT$/,
    isRight: (text) => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535,
    want: 'a port from 1 to 65535',
  },
  {
    // They stand between quotes in a statement of the Collector.
    name: /^TOKENMETER_(?:IGNORE_SCOPES|KEEP_ATTRIBUTES)$/,
    isRight: matches(/^[^"\\\p{Cc}]*$/u),
    want: 'a text without quotes and backslashes (a dot is [.])',
  },
  // Any other word would switch it off without a sound.
  { name: /^TOKENMETER_DOUBLES$/, isRight: matches(/^(?:once|all)$/), want: 'once or all' },
  {
    name: /^TOKENMETER_(?:REPAIR_TEXT|SHORT_WAY)$/,
    isRight: matches(/^(?:on|off)$/),
    want: 'on or off',
  },
  {
    name: /^TOKENMETER_LOG_LEVEL$/,
    isRight: matches(/^(?:debug|info|warn|error)$/i),
    want: 'debug, info, warn or error',
  },
  {
    name: /^TOKENMETER_BACKEND_DEBUG_VERBOSITY$/,
    isRight: matches(/^(?:basic|normal|detailed)$/i),
    want: 'basic, normal or detailed',
  },
  {
    name: /^TOKENMETER_(?:JOURNAL_FLUSH|SAMPLING_WAIT)$/,
    isRight: matches(/^(?:\d+(?:ms|s|m))+$/),
    want: 'a time such as 200ms',
  },
  {
    name: /^TOKENMETER_SAMPLING_PERCENTAGE$/,
    isRight: (text) => /^\d+(?:\.\d+)?$/.test(text) && Number(text) <= 100,
    want: 'a number from 0 to 100',
  },
  {
    name: /^TOKENMETER_SAMPLING_EXPENSIVE_USD$/,
    isRight: matches(/^\d+(?:\.\d+)?$/),
    want: 'a number',
  },
];

/** One line per variable that is set to what it cannot be. A value is never shown: it may be a secret. */
export function oddVariables(
  { variables }: Pick<CollectorComposition, 'variables'>,
  env: Environment,
): readonly string[] {
  return variables.flatMap(({ name, file }) => {
    const value = env[name];
    const shape = SHAPES.find((each) => each.name.test(name));
    if (value === undefined || value === '' || shape === undefined) return [];
    return shape.isRight(value) ? [] : [`${name} must be ${shape.want} for ${file}`];
  });
}

/** One line per variable that must be set and is not. */
export function missingVariables(
  { variables }: Pick<CollectorComposition, 'variables'>,
  env: Environment,
): readonly string[] {
  return variables
    .filter(({ name, isRequired }) => isRequired && !OWN_VARIABLES.has(name))
    .filter(({ name }) => env[name] === undefined || env[name] === '')
    .map(({ name, file }) => `${name} is not set; ${file} needs it`);
}

/** One line per variable that names a file which `isFile` does not find. */
export function absentFiles(
  { variables }: Pick<CollectorComposition, 'variables'>,
  env: Environment,
  isFile: (path: string) => boolean,
): readonly string[] {
  return variables.flatMap(({ name, file }) => {
    const path = env[name];
    if (!name.endsWith('_FILE') || path === undefined || path === '' || isFile(path)) return [];
    return [`${name} names ${path}, which cannot be read; ${file} needs it`];
  });
}

/** The Collector appends a path of its own; `//api` is another path to many servers, and a 404 drops what was sent. */
function baseUrlOf(text: string): string {
  return text.replace(/\/+$/, '').replace(/\/v1\/(?:traces|metrics)$/, '');
}

function settledValue(name: string, value: string): string {
  const headers = holdsHeaders(name) ? parseHeaders(value) : undefined;
  const plain = holdsBaseUrl(name) ? baseUrlOf(value) : value;
  const text = headers === undefined ? plain : JSON.stringify(headers);
  // The Collector reads $$ as one; a reference to another variable stays one.
  return text.replaceAll(/\$(?!\{env:)/g, '$$$$');
}

/**
 * Variables as the Collector must read them, where that is not how they are set: base URLs without a path that it appends
 * itself, headers as a map, a dollar in a secret as two. Undefined for one that is set to nothing: the Collector would read
 * an empty text where the configuration has a default.
 */
export function settleVariables(
  { variables, merged }: Pick<CollectorComposition, 'variables' | 'merged'>,
  env: Environment,
): Readonly<Record<string, string | undefined>> {
  // Their values are paths inside a reference, which the Collector takes as they are.
  const paths = new Set(includedFiles(merged).map(({ variable }) => variable));
  const settled: Record<string, string | undefined> = {};
  for (const { name } of variables) {
    const value = env[name];
    if (value === undefined || paths.has(name)) continue;
    const now = value === '' ? undefined : settledValue(name, value);
    if (now !== value) settled[name] = now;
  }
  return settled;
}
