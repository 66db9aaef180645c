import { type DeclaredHosts, parseDeclaredHosts } from '@tokenmeter/core/endpoints';
import { CAPTURE_CONTENT_ENV, ENV } from '@tokenmeter/semconv';
import type { BaggageFields } from './ambient-attribution.ts';
import type { Attribution } from './attribution.ts';
import type { CostCompat, SemconvMode } from './options.ts';
import { shortestAddresses } from './shortest-addresses.ts';

/** What the environment says about metering. Absent fields take the defaults of `TokenmeterConfig`. */
export interface EnvConfig {
  /** False when metering is switched off. */
  readonly enabled: boolean;
  readonly semconv: SemconvMode;
  readonly costCompat: CostCompat;
  /** Whether streamed chat completions are asked for their usage where the caller said nothing. */
  readonly injectUsage: boolean;
  /** Hosts, beside the known ones, that take the question. */
  readonly injectUsageHosts: ReadonlySet<string>;
  readonly declaredHosts?: DeclaredHosts;
  readonly baggageFields?: BaggageFields;
  /** Whether usage that providers do not report is estimated. */
  readonly estimate: boolean;
  /** Whether spans carry prompts, tools and answers. */
  readonly captureContent: boolean;
  /** Whether the time between chunks of streams is recorded. */
  readonly chunkTimes: boolean;
  /** Secret: user ids are written as their hash under it. */
  readonly userHashKey?: string;
  readonly feature?: string;
  readonly team?: string;
  /** Paths of price files; earlier ones win. */
  readonly priceFiles: readonly string[];
}

/** A configuration, with every problem found; a setting with a problem keeps its default. */
export interface ParsedConfig {
  readonly config: EnvConfig;
  /** One sentence each, naming the variable; never its value, which may be secret. */
  readonly problems: readonly string[];
}

/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/** We write no events, so what asks for events only turns nothing on. */
const CAPTURING: ReadonlySet<string> = new Set(['true', 'span_only', 'span_and_event']);
const CAPTURE_MODES = [
  'false',
  'true',
  'no_content',
  'span_only',
  'event_only',
  'span_and_event',
] as const;

const SEMCONV_MODES = ['latest', 'legacy', 'both', 'off'] as const;
const COST_COMPATS = ['none', 'gen_ai.usage.cost', 'otel-draft', 'openinference'] as const;

/** Reads our environment variables. Pure; never throws, whatever the values. */
export function parseConfig(env: Env): ParsedConfig {
  const problems: string[] = [];
  const read = (name: string): string | undefined => {
    const value = env[name]?.trim();
    return value === '' ? undefined : value;
  };
  const oneOf = <T extends string>(name: string, values: readonly T[], fallback: T): T => {
    const value = read(name)?.toLowerCase();
    const known = values.find((candidate) => candidate === value);
    if (value !== undefined && known === undefined) {
      problems.push(`${name} must be one of ${values.join(', ')}; using ${fallback}`);
    }
    return known ?? fallback;
  };
  const hosts = read(ENV.hosts.name);
  const parsedHosts =
    hosts === undefined ? undefined : parseDeclaredHosts(shortestAddresses(hosts));
  if (parsedHosts?.ok === false) {
    problems.push(`${ENV.hosts.name}: ${parsedHosts.problem}`);
  }
  const baggageFields = parseBaggage(listOf(read(ENV.baggage.name)), problems);
  const userHashKey = read(ENV.userHashKey.name);
  const feature = read(ENV.feature.name);
  const team = read(ENV.team.name);
  const inject = listOf(shortestAddresses(read(ENV.injectUsage.name)?.toLowerCase() ?? ''));
  const injectUsageHosts = parseInjectHosts(inject, problems);
  const config: EnvConfig = {
    enabled: oneOf(ENV.disabled.name, ['false', 'true'] as const, 'false') === 'false',
    semconv: oneOf(ENV.semconv.name, SEMCONV_MODES, 'latest'),
    costCompat: oneOf(ENV.costCompat.name, COST_COMPATS, 'none'),
    estimate: oneOf(ENV.estimate.name, ['off', 'on'] as const, 'off') === 'on',
    captureContent: CAPTURING.has(oneOf(CAPTURE_CONTENT_ENV, CAPTURE_MODES, 'false')),
    chunkTimes: oneOf(ENV.chunkTimes.name, ['off', 'on'] as const, 'off') === 'on',
    injectUsage: inject[0] !== 'off',
    injectUsageHosts,
    ...(parsedHosts?.ok === true ? { declaredHosts: parsedHosts.hosts } : {}),
    ...(baggageFields.size === 0 ? {} : { baggageFields }),
    ...(userHashKey === undefined ? {} : { userHashKey }),
    ...(feature === undefined ? {} : { feature }),
    ...(team === undefined ? {} : { team }),
    priceFiles: listOf(read(ENV.prices.name)),
  };
  return { config, problems: [...new Set(problems)] };
}

/** What is written for on and off elsewhere would pass for the name of a host. */
const NO_HOSTS: ReadonlySet<string> = new Set(['true', 'false', 'yes', 'no', '1', '0']);

function parseInjectHosts(items: readonly string[], problems: string[]): ReadonlySet<string> {
  const hosts = items.filter((item) => item !== 'on' && item !== 'off');
  const isHost = (item: string): boolean =>
    !NO_HOSTS.has(item) && parseDeclaredHosts(`${item}=openai`).ok;
  if (!hosts.every(isHost)) {
    problems.push(
      `${ENV.injectUsage.name} must be on, off or host[:port], commas between; what is none is left out`,
    );
  }
  return new Set(hosts.filter(isHost));
}

const FIELDS: readonly (keyof Attribution)[] = [
  'feature',
  'team',
  'route',
  'promptName',
  'promptVersion',
  'agentName',
  'userId',
  'tenantId',
  'conversationId',
  'sessionId',
];

/** `key=field` pairs; a wrong one is reported and left out. */
function parseBaggage(pairs: readonly string[], problems: string[]): BaggageFields {
  const fields = new Map<string, keyof Attribution>();
  for (const pair of pairs) {
    const [key = '', name, ...rest] = pair.split('=').map((part) => part.trim());
    const field = FIELDS.find((candidate) => candidate === name);
    if (key === '' || field === undefined || rest.length > 0) {
      problems.push(`${ENV.baggage.name} must be key=field pairs, fields: ${FIELDS.join(', ')}`);
    } else {
      fields.set(key, field);
    }
  }
  return fields;
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
