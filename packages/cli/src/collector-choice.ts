import {
  type CollectorComposition,
  composeCollector,
  listConfigNames,
  readConfigFile,
} from '@tokenmeter/collector-config';
import { CommandError, type Io } from './io.ts';
import type { PriceFileChoice } from './price-book.ts';

/** What the command line chooses for a Collector. */
export interface CollectorOptions extends PriceFileChoice {
  readonly backend: readonly string[];
  readonly auth?: readonly string[];
  readonly role?: string;
  readonly sampling?: string;
  readonly keepContent?: boolean;
  readonly json?: boolean;
}

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|\[?::1\]?)$/;

/** Auth files that know a sender; `tls` alone does not. */
const KNOWS_SENDERS: ReadonlySet<string> = new Set(['basic', 'bearer', 'mtls']);

/** True when a composition has a file of `auth/` that knows its senders. */
export function knowsSenders({ files }: Pick<CollectorComposition, 'files'>): boolean {
  return files.some((file) => KNOWS_SENDERS.has(/^auth[/](\w+)[.]yaml$/.exec(file)?.[1] ?? ''));
}

/** The address of the intake, as base and role have it. */
export function intakeHost(options: Pick<CollectorOptions, 'role'>, env: Io['env']): string {
  const asked = env.TOKENMETER_OTLP_HOST;
  if (asked !== undefined && asked !== '') return asked;
  return options.role === 'gateway' ? '0.0.0.0' : '127.0.0.1';
}

/** Composes what was chosen. Throws a `CommandError` that names every file that does not exist and what there is. */
export function chooseCollector(options: CollectorOptions, env: Io['env']): CollectorComposition {
  refuseUnknown('--backend', options.backend, 'backends');
  refuseUnknown('--auth', options.auth ?? [], 'auth');
  refuseUnknown('--role', options.role === undefined ? [] : [options.role], 'roles');
  refuseUnknown('--sampling', options.sampling === undefined ? [] : [options.sampling], 'sampling');
  const composed = composeCollector(
    {
      backends: options.backend,
      auth: options.auth,
      role: options.role,
      sampling: options.sampling,
      keepsContent: options.keepContent,
    },
    readConfigFile,
  );
  if (!composed.ok) throw new CommandError(composed.problems.join('\n'), { exitCode: 2 });
  refuseOpenIntake(options, env);
  return composed.composition;
}

function refuseUnknown(
  option: string,
  names: readonly string[],
  folder: 'auth' | 'backends' | 'roles' | 'sampling',
): void {
  const known = listConfigNames(folder);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new CommandError(`${option} ${unknown.join(', ')} is unknown`, {
    hint: `one of ${known.join(', ')}`,
    exitCode: 2,
  });
}

function refuseOpenIntake(options: CollectorOptions, env: Io['env']): void {
  const host = intakeHost(options, env);
  if (LOOPBACK.test(host) || (options.auth ?? []).some((name) => KNOWS_SENDERS.has(name))) return;
  throw new CommandError(`the intake on ${host} would take spans from anyone`, {
    hint: 'add --auth bearer, basic or mtls (with --auth tls for encryption), or leave TOKENMETER_OTLP_HOST at 127.0.0.1',
    exitCode: 2,
  });
}

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

/** What a variable must be where it is set, by the end of its name. */
const SHAPES: readonly (readonly [RegExp, RegExp, string])[] = [
  [/_ENDPOINT$/, /^[a-z]+:\/\/[^\s/]/i, 'a URL such as http://127.0.0.1:4318'],
  [/^TOKENMETER_(?:QUEUE_BYTES|MEMORY_(?:SPIKE_)?MIB)$/, /^[1-9]\d*$/, 'a whole number above 0'],
  [
    /^TOKENMETER_\w+_PORT$/,
    /^(?:[1-9]\d{0,3}|[1-5]\d{4}|6(?:[0-4]\d{3}|5(?:[0-4]\d\d|5(?:[0-2]\d|3[0-5]))))$/,
    'a port from 1 to 65535',
  ],
  // They stand between quotes in a statement of the Collector.
  [
    /^TOKENMETER_(?:IGNORE_SCOPES|KEEP_ATTRIBUTES)$/,
    /^[^"\\\p{Cc}]*$/u,
    'a text without quotes and backslashes (a dot is [.])',
  ],
  // Any other word would switch it off without a sound.
  [/^TOKENMETER_DOUBLES$/, /^(?:once|all)$/, 'once or all'],
  [/^TOKENMETER_(?:REPAIR_TEXT|SHORT_WAY)$/, /^(?:on|off)$/, 'on or off'],
  [/^TOKENMETER_LOG_LEVEL$/, /^(?:debug|info|warn|error)$/i, 'debug, info, warn or error'],
  [/^TOKENMETER_(?:JOURNAL_FLUSH|SAMPLING_WAIT)$/, /^(?:\d+(?:ms|s|m))+$/, 'a time such as 200ms'],
  [/^TOKENMETER_SAMPLING_(?:PERCENTAGE|EXPENSIVE_USD)$/, /^\d+(?:\.\d+)?$/, 'a number'],
];

/** One line per variable that is set to what it cannot be. */
export function oddVariables(
  { variables }: Pick<CollectorComposition, 'variables'>,
  env: Io['env'],
): readonly string[] {
  return variables.flatMap(({ name, file }) => {
    const value = env[name];
    const shape = SHAPES.find(([ending]) => ending.test(name));
    if (value === undefined || value === '' || shape === undefined) return [];
    return shape[1].test(value) ? [] : [`${name} must be ${shape[2]} for ${file}`];
  });
}

/** One line per variable that must be set and is not. */
export function missingVariables(
  { variables }: CollectorComposition,
  env: Io['env'],
): readonly string[] {
  return variables
    .filter(({ name, isRequired }) => isRequired && !OWN_VARIABLES.has(name))
    .filter(({ name }) => env[name] === undefined || env[name] === '')
    .map(({ name, file }) => `${name} is not set; ${file} needs it`);
}
