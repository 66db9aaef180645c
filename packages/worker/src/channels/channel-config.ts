import { z } from 'zod';

/** Where a secret lies: an environment variable or a file. Never the secret itself. */
export type SecretSource = { readonly env: string } | { readonly file: string };

/** What all channels may say. */
interface CommonConfig {
  /** IANA zone of the times in messages, where it is not that of the worker. */
  readonly timeZone?: string | undefined;
}

/** Slack: either an incoming webhook, or a bot token with a channel. */
export interface SlackConfig extends CommonConfig {
  readonly type: 'slack';
  readonly webhookUrl?: SecretSource | undefined;
  readonly botToken?: SecretSource | undefined;
  /** Id of the conversation, such as `C024BE91L`, or `#name`. */
  readonly channel?: string | undefined;
  /** `here`, `channel`, or the id of a person or group: called when something critical begins or nobody takes it. */
  readonly mention?: string | undefined;
  /** Base of the API; default `https://slack.com/api`. */
  readonly apiUrl?: string | undefined;
}

/** PagerDuty by Events API v2. */
interface PagerDutyConfig extends CommonConfig {
  readonly type: 'pagerduty';
  /** Integration key of 32 characters. */
  readonly routingKey: SecretSource;
  /** Default `https://events.pagerduty.com`; `https://events.eu.pagerduty.com` for the European region. */
  readonly apiUrl?: string | undefined;
}

/** Mail by SMTP. */
interface EmailConfig extends CommonConfig {
  readonly type: 'email';
  readonly host: string;
  /** Default 587, or 465 with `security: tls`. */
  readonly port?: number | undefined;
  /** `starttls` (default) refuses servers without it; `none` is for a relay on this machine. */
  readonly security: 'starttls' | 'tls' | 'none';
  readonly user?: string | undefined;
  readonly password?: SecretSource | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

/** A signed webhook after the Standard Webhooks specification. */
interface WebhookConfig extends CommonConfig {
  readonly type: 'webhook';
  readonly url: string | SecretSource;
  /** `whsec_` and base64; two while one is replaced. */
  readonly secret: SecretSource | readonly SecretSource[];
}

/** A Microsoft Teams workflow, or a Discord webhook. */
interface ChatConfig extends CommonConfig {
  readonly type: 'teams' | 'discord';
  readonly url: SecretSource;
}

/** Alertmanager, API v2. */
interface AlertmanagerConfig extends CommonConfig {
  readonly type: 'alertmanager';
  /** Base URL, with the route prefix if there is one. */
  readonly url: string;
  readonly bearerToken?: SecretSource | undefined;
  /** Labels added to every alert. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Any HTTP endpoint that takes JSON, by a template. */
interface HttpConfig extends CommonConfig {
  readonly type: 'http';
  readonly url: string | SecretSource;
  readonly headers?: Readonly<Record<string, string | SecretSource>> | undefined;
  /** JSON whose texts may hold `{{title}}`, `{{text}}`, `{{finding.observed}}` and so on. */
  readonly body: unknown;
}

/** Standard output of the process. */
interface StdoutConfig extends CommonConfig {
  readonly type: 'stdout';
  readonly format: 'text' | 'json';
}

/** One entry of `channels` in the configuration. */
export type ChannelConfig =
  | SlackConfig
  | PagerDutyConfig
  | EmailConfig
  | WebhookConfig
  | ChatConfig
  | AlertmanagerConfig
  | HttpConfig
  | StdoutConfig;

const SECRET_HELP = 'a secret is written as { env: NAME } or { file: PATH }, never as its value';
const secret = z.union(
  [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
  { error: SECRET_HELP },
);
const httpUrl = z.string().refine(isPlainHttpUrl, 'expected an http or https URL without password');
const urlOrSecret = z.union([httpUrl, secret], {
  error: 'expected an http or https URL, or { env } or { file } of it',
});
const timeZone = z
  .string()
  .refine(isTimeZone, 'expected an IANA time zone such as Europe/Berlin')
  .optional();
const address = z
  .string()
  .regex(/^[^\r\n]*@[^\r\n\s]+$/, 'expected a mail address, with or without a name');

const slack = z
  .strictObject({
    type: z.literal('slack'),
    webhookUrl: secret.optional(),
    botToken: secret.optional(),
    channel: z
      .string()
      .regex(/^(#\S+|[A-Z0-9]{3,})$/, 'expected a conversation such as C024BE91L or #alerts')
      .optional(),
    mention: z
      .string()
      .regex(
        /^(here|channel|[UWS][A-Z0-9]{2,})$/,
        'expected here, channel, or an id such as U024BE7LH',
      )
      .optional(),
    apiUrl: httpUrl.optional(),
    timeZone,
  })
  .refine(
    ({ webhookUrl, botToken, channel }) =>
      webhookUrl === undefined
        ? botToken !== undefined && channel !== undefined
        : botToken === undefined && channel === undefined,
    'expected either webhookUrl, or botToken and channel',
  );

const pagerduty = z.strictObject({
  type: z.literal('pagerduty'),
  routingKey: secret,
  apiUrl: httpUrl.optional(),
  timeZone,
});

const email = z
  .strictObject({
    type: z.literal('email'),
    host: z.string().min(1),
    port: z.number().int().min(1).max(65_535).optional(),
    security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
    user: z.string().min(1).optional(),
    password: secret.optional(),
    from: address,
    to: z.union([address.transform((one) => [one]), z.array(address).min(1)], {
      error: 'expected a mail address or a list of them',
    }),
    timeZone,
  })
  .refine(
    ({ user, password }) => (user === undefined) === (password === undefined),
    'user and password go together',
  );

const webhook = z.strictObject({
  type: z.literal('webhook'),
  url: urlOrSecret,
  secret: z.union([secret, z.array(secret).min(1)], { error: SECRET_HELP }),
  timeZone,
});

const chat = z.strictObject({ type: z.enum(['teams', 'discord']), url: secret, timeZone });

const alertmanager = z.strictObject({
  type: z.literal('alertmanager'),
  url: httpUrl,
  bearerToken: secret.optional(),
  labels: z
    .record(z.string().regex(/^[a-zA-Z_]\w*$/, 'expected a label name'), z.string())
    .optional(),
  timeZone,
});

const http = z.strictObject({
  type: z.literal('http'),
  url: urlOrSecret,
  headers: z
    .record(
      z.string().regex(/^[\w-]+$/, 'expected a header name'),
      z.union([z.string().regex(/^[\t\x20-\x7e]*$/), secret]),
    )
    .optional(),
  body: z.unknown(),
  timeZone,
});

const stdout = z.strictObject({
  type: z.literal('stdout'),
  format: z.enum(['text', 'json']).default('text'),
  timeZone,
});

/** The shape of one entry of `channels`. */
export const CHANNEL_SCHEMA: z.ZodType<ChannelConfig> = z.discriminatedUnion(
  'type',
  [slack, pagerduty, email, webhook, chat, alertmanager, http, stdout],
  {
    error:
      'expected a type: slack, pagerduty, email, webhook, teams, discord, alertmanager, http or stdout',
  },
);

function isPlainHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).format(0) !== '';
  } catch {
    return false;
  }
}
