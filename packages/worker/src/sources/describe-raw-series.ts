import type { SeriesLabels } from '@tokenmeter/anomaly';

/** The counters that are read: of usage, and of the instrumentation itself. */
const MEASURES = ['calls', 'cost', 'tokens', 'unpriced', 'recognised', 'metered'] as const;

/** One of them. */
export type Measure = (typeof MEASURES)[number];

/** A raw series as usage: where it belongs and which field of a minute it adds to. */
export interface RawUsage {
  readonly labels: SeriesLabels;
  readonly cache: string | undefined;
  readonly isError: boolean;
  readonly isRetry: boolean;
  readonly tokenClass: string | undefined;
  readonly costClass: string | undefined;
  readonly promptVersion: string | undefined;
  /** Only of counters that somebody gave such a label: ours have none. */
  readonly user: string | undefined;
}

/** Matches every name under which stores keep a counter of ours, with and without unit and suffix, dotted or not. */
export function nameSelector(): string {
  return '{__name__=~"tokenmeter[._](calls|cost|tokens|unpriced|self[._]recognised|self[._]metered)([._]USD)?([._]total)?"}';
}

const NAME =
  /^tokenmeter[._](?:self[._](?=recognised|metered))?(calls|cost|tokens|unpriced|recognised|metered)(?:[._]USD)?(?:[._]total)?$/;

/** The counter that a metric's name means; undefined for any other. */
export function measureOf(name: string): Measure | undefined {
  const found = NAME.exec(name)?.[1];
  return MEASURES.find((measure) => measure === found);
}

/** Label names of a process instance, in the order in which they are believed. */
const INSTANCE = ['instance', 'service_instance_id', 'service.instance.id'] as const;

/** The label that tells processes apart, and its value. */
export function instanceOf(
  labels: Readonly<Record<string, string>>,
): { readonly name: string; readonly value: string } | undefined {
  for (const name of INSTANCE) {
    const value = labels[name];
    if (value !== undefined) return { name, value };
  }
  return undefined;
}

/** Names under which a user may stand, in the order in which they are believed. */
const USER_LABELS = ['user.id', 'user.hash', 'enduser.id', 'user'];

/** Describes a raw series from its labels, dotted or underscored. Absent names become words, never `undefined`. */
export function describeRawSeries(labels: Readonly<Record<string, string>>): RawUsage {
  const label = (name: string): string | undefined =>
    labels[name.replaceAll('.', '_')] ?? labels[name];
  const environment = label('deployment.environment.name') ?? label('deployment.environment');
  const team = label('tokenmeter.team');
  return {
    labels: {
      service: label('service.name') ?? labels.job ?? 'unknown',
      ...(environment !== undefined && { environment }),
      feature: label('tokenmeter.feature') ?? 'unattributed',
      ...(team !== undefined && { team }),
      provider: label('gen_ai.provider.name') ?? 'unknown',
      model: label('gen_ai.response.model') ?? label('gen_ai.request.model') ?? 'unknown',
    },
    cache: label('tokenmeter.cache'),
    isError: label('tokenmeter.outcome') === 'error',
    isRetry: label('tokenmeter.retry') === 'true',
    tokenClass: label('tokenmeter.token.class'),
    costClass: label('tokenmeter.cost.class'),
    promptVersion: label('gen_ai.prompt.version'),
    user: USER_LABELS.map(label).find((name) => name !== undefined && name !== ''),
  };
}
