import {
  type CollectorComposition,
  composeCollector,
  listConfigNames,
  readConfigFile,
} from '@tokenmeter/collector-config';
import { CommandError, type Io } from './io.ts';
import { nearNames } from './near-names.ts';
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
  refuseUnknown([
    { option: '--backend', names: options.backend, folder: 'backends' },
    { option: '--auth', names: options.auth ?? [], folder: 'auth' },
    { option: '--role', names: options.role === undefined ? [] : [options.role], folder: 'roles' },
    {
      option: '--sampling',
      names: options.sampling === undefined ? [] : [options.sampling],
      folder: 'sampling',
    },
  ]);
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

interface ChosenNames {
  readonly option: string;
  readonly names: readonly string[];
  readonly folder: 'auth' | 'backends' | 'roles' | 'sampling';
}

/** What to say of the names of one option that nothing has; undefined when all are known. */
function describeUnknown({ option, names, folder }: ChosenNames): string | undefined {
  const known = listConfigNames(folder);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return undefined;
  const near = [...new Set(unknown.flatMap((name) => nearNames(name, known)))];
  const meant = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
  return `${option} ${unknown.map((name) => name || '""').join(', ')} is unknown${meant}\n  one of ${known.join(', ')}`;
}

function refuseUnknown(chosen: readonly ChosenNames[]): void {
  const problems = chosen.map(describeUnknown).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new CommandError(problems.join('\n'), { exitCode: 2 });
}

function refuseOpenIntake(options: CollectorOptions, env: Io['env']): void {
  const host = intakeHost(options, env);
  if (LOOPBACK.test(host) || (options.auth ?? []).some((name) => KNOWS_SENDERS.has(name))) return;
  throw new CommandError(`the intake on ${host} would take spans from anyone`, {
    hint: 'add --auth bearer, basic or mtls (with --auth tls for encryption), or leave TOKENMETER_OTLP_HOST at 127.0.0.1',
    exitCode: 2,
  });
}
