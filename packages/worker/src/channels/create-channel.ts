import type { Notifier } from '../ports.ts';
import { createAlertmanagerNotifier } from './alertmanager-notifier.ts';
import type { ChannelConfig, SecretSource, SlackConfig } from './channel-config.ts';
import { createDiscordNotifier, createTeamsNotifier } from './chat-notifier.ts';
import { createEmailNotifier } from './email-notifier.ts';
import { createHttpNotifier } from './http-notifier.ts';
import { createPagerDutyNotifier } from './pagerduty-notifier.ts';
import { createSlackBotNotifier } from './slack-bot-notifier.ts';
import { createSlackWebhookNotifier } from './slack-notifier.ts';
import { createStdoutNotifier } from './stdout-notifier.ts';
import { createWebhookNotifier } from './webhook-notifier.ts';

/** What channels get from their surroundings. */
export interface ChannelContext {
  /** Value of a secret, or why there is none; the problem never holds a value. */
  readonly readSecret: (
    source: SecretSource,
  ) =>
    | { readonly ok: true; readonly value: string }
    | { readonly ok: false; readonly problem: string };
  /** Standard output. */
  readonly write: (text: string) => unknown;
  /** Zone of the reader where the channel names none. */
  readonly timeZone: string;
  /** Hosts, as URLs name them, that may have an address outside the public Internet. */
  readonly allowPrivateAddresses?: readonly string[];
}

/** A channel that is ready, or everything that is wrong with its configuration. */
export type CreatedChannel =
  | { readonly ok: true; readonly notifier: Notifier }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Creates the channel that one entry of the configuration describes. URLs of webhooks, chats and templates may lead
 * only to the public Internet unless their host is allowed; a mail relay and an Alertmanager may be anywhere.
 */
export function createChannel(
  name: string,
  config: ChannelConfig,
  context: ChannelContext,
): CreatedChannel {
  const secrets = new SecretShelf(context);
  const common = { name, timeZone: config.timeZone ?? context.timeZone };
  try {
    const notifier = build(config, common, { ...context, secrets });
    if (secrets.problems.length > 0) return { ok: false, problems: secrets.problems };
    return { ok: true, notifier };
  } catch (error) {
    if (secrets.problems.length > 0) return { ok: false, problems: secrets.problems };
    if (error instanceof TypeError) return { ok: false, problems: [error.message] };
    throw error;
  }
}

interface Common {
  readonly name: string;
  readonly timeZone: string;
}
type Context = ChannelContext & { readonly secrets: SecretShelf };

function build(config: ChannelConfig, common: Common, context: Context): Notifier {
  const { secrets } = context;
  switch (config.type) {
    case 'slack':
      return buildSlack(config, common, context);
    case 'pagerduty':
      return createPagerDutyNotifier({
        ...common,
        routingKey: secrets.take(config.routingKey),
        ...privacy(config.apiUrl, context),
        ...defined({ apiUrl: config.apiUrl }),
      });
    case 'email':
      return createEmailNotifier({
        ...common,
        host: config.host,
        security: config.security,
        from: config.from,
        to: config.to,
        ...defined({ port: config.port, user: config.user }),
        ...(config.password === undefined ? {} : { password: secrets.take(config.password) }),
      });
    case 'webhook': {
      const url = secrets.text(config.url);
      const secret = isList(config.secret)
        ? config.secret.map((one) => secrets.take(one))
        : secrets.take(config.secret);
      return createWebhookNotifier({ ...common, url, secret, ...privacy(url, context) });
    }
    case 'teams':
    case 'discord': {
      const url = secrets.take(config.url);
      const create = config.type === 'teams' ? createTeamsNotifier : createDiscordNotifier;
      return create({ ...common, url, ...privacy(url, context) });
    }
    case 'alertmanager':
      return createAlertmanagerNotifier({
        ...common,
        url: config.url,
        ...defined({ labels: config.labels }),
        ...(config.bearerToken === undefined
          ? {}
          : { bearerToken: secrets.take(config.bearerToken) }),
      });
    case 'http': {
      const url = secrets.text(config.url);
      const headers = Object.entries(config.headers ?? {}).map(
        ([key, value]) => [key, secrets.text(value)] as const,
      );
      const { body } = config;
      const rest = { body, headers: Object.fromEntries(headers), ...privacy(url, context) };
      return createHttpNotifier({ ...common, url, ...rest });
    }
    case 'stdout':
      return createStdoutNotifier({
        name: common.name,
        write: context.write,
        format: config.format,
      });
    default:
      return config satisfies never;
  }
}

function buildSlack(config: SlackConfig, common: Common, context: Context): Notifier {
  const { secrets } = context;
  const shared = { ...common, ...defined({ mention: config.mention }) };
  if (config.webhookUrl !== undefined) {
    const url = secrets.take(config.webhookUrl);
    return createSlackWebhookNotifier({ ...shared, url, ...privacy(url, context) });
  }
  if (config.botToken === undefined || config.channel === undefined) {
    throw new TypeError('expected either webhookUrl, or botToken and channel');
  }
  return createSlackBotNotifier({
    ...shared,
    token: secrets.take(config.botToken),
    channel: config.channel,
    ...privacy(config.apiUrl, context),
    ...defined({ apiUrl: config.apiUrl }),
  });
}

/** Reads secrets and collects what is wrong with them, so that all problems are said at once. */
class SecretShelf {
  readonly problems: string[] = [];
  readonly #read: ChannelContext['readSecret'];

  constructor(context: ChannelContext) {
    this.#read = context.readSecret;
  }

  /** Empty where the secret is missing; the problem is kept. */
  take(source: SecretSource): string {
    const found = this.#read(source);
    if (found.ok) return found.value;
    this.problems.push(found.problem);
    return '';
  }

  text(value: string | SecretSource): string {
    return typeof value === 'string' ? value : this.take(value);
  }
}

function privacy(
  url: string | undefined,
  { allowPrivateAddresses = [] }: ChannelContext,
): { readonly isPrivateAllowed: boolean } {
  const host = url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
  const bare = (text: string): string => text.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return {
    isPrivateAllowed:
      host !== undefined && allowPrivateAddresses.some((one) => bare(one) === bare(host)),
  };
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function defined<T extends object>(values: T): { readonly [Key in keyof T]?: NonNullable<T[Key]> } {
  const kept: { [Key in keyof T]?: NonNullable<T[Key]> } = {};
  for (const key in values) {
    const value = values[key];
    if (value !== undefined && value !== null) kept[key] = value;
  }
  return kept;
}
