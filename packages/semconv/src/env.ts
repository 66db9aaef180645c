/** One environment variable of ours. `OTEL_*` variables keep the meaning that OpenTelemetry gives them. */
export interface EnvSpec {
  readonly name: `TOKENMETER_${string}`;
  readonly brief: string;
  /** What an unset variable means; undefined when it simply turns nothing on. */
  readonly default?: string;
  /** True when its value may be printed or logged. */
  readonly loggable: boolean;
}

type EnvKey =
  | 'semconv'
  | 'costCompat'
  | 'estimate'
  | 'chunkTimes'
  | 'userHashKey'
  | 'injectUsage'
  | 'baggage'
  | 'otelGlobals'
  | 'hosts'
  | 'prices'
  | 'refreshPrices'
  | 'refreshEvery'
  | 'refreshSha256'
  | 'disabled'
  | 'feature'
  | 'team'
  | 'config'
  | 'webhookUrl'
  | 'webhookSecret';

/** Every environment variable that is ours. */
export const ENV: Readonly<Record<EnvKey, EnvSpec>> = {
  semconv: {
    name: 'TOKENMETER_SEMCONV',
    brief: 'Convention metrics to emit beside our own: latest, legacy, both or off.',
    default: 'latest',
    loggable: true,
  },
  costCompat: {
    name: 'TOKENMETER_COST_COMPAT',
    brief:
      'Cost attributes to write beside ours: none, gen_ai.usage.cost, otel-draft or openinference.',
    default: 'none',
    loggable: true,
  },
  estimate: {
    name: 'TOKENMETER_ESTIMATE',
    brief:
      'on estimates the tokens of calls whose provider reports no usage, from the length of their texts, and flags them.',
    default: 'off',
    loggable: true,
  },
  chunkTimes: {
    name: 'TOKENMETER_CHUNK_TIMES',
    brief:
      'on records the time between the chunks of streams (time_per_output_chunk), a point per chunk.',
    default: 'off',
    loggable: true,
  },
  userHashKey: {
    name: 'TOKENMETER_USER_HASH_KEY',
    brief: 'Secret under which user ids are hashed: spans then have user.hash instead of user.id.',
    loggable: false,
  },
  injectUsage: {
    name: 'TOKENMETER_INJECT_USAGE',
    brief:
      'Whether OpenAI is asked for the usage of streamed chat completions whose caller said nothing: on, off, or further hosts to ask.',
    default: 'on',
    loggable: true,
  },
  baggage: {
    name: 'TOKENMETER_BAGGAGE',
    brief:
      'Inbound W3C baggage keys that may attribute calls, as key=field pairs separated by commas, such as tenant=tenantId.',
    loggable: true,
  },
  otelGlobals: {
    name: 'TOKENMETER_OTEL_GLOBALS',
    brief:
      'true registers the OpenTelemetry SDK of @tokenmeter/node globally; otherwise it stays private.',
    default: 'false',
    loggable: true,
  },
  hosts: {
    name: 'TOKENMETER_HOSTS',
    brief:
      'Further hosts that speak a known API, as host[:port]=provider pairs separated by commas, such as 127.0.0.1:8080=openai; host=* for gateways to several providers, where the API tells.',
    loggable: true,
  },
  prices: {
    name: 'TOKENMETER_PRICES',
    brief: 'Price files, separated by commas; earlier ones win.',
    loggable: true,
  },
  refreshPrices: {
    name: 'TOKENMETER_REFRESH_PRICES',
    brief: 'URL or file from which tokenmeter up renews its prices while it runs.',
    loggable: true,
  },
  refreshEvery: {
    name: 'TOKENMETER_REFRESH_EVERY',
    brief: 'How often it does: a number with s, m, h or d.',
    default: '24h',
    loggable: true,
  },
  refreshSha256: {
    name: 'TOKENMETER_REFRESH_SHA256',
    brief: 'SHA-256 in hex that the renewed prices must have; any other content is refused.',
    loggable: true,
  },
  disabled: {
    name: 'TOKENMETER_DISABLED',
    brief: 'true switches metering off.',
    default: 'false',
    loggable: true,
  },
  feature: {
    name: 'TOKENMETER_FEATURE',
    brief: 'Feature of calls that nothing else attributes.',
    default: 'unattributed',
    loggable: true,
  },
  team: {
    name: 'TOKENMETER_TEAM',
    brief: 'Team of calls that nothing else attributes.',
    loggable: true,
  },
  config: {
    name: 'TOKENMETER_CONFIG',
    brief: 'Configuration of tokenmeter up and of the commands about alerts.',
    default: 'tokenmeter.yaml of the working directory, if there is one',
    loggable: true,
  },
  webhookUrl: {
    name: 'TOKENMETER_WEBHOOK_URL',
    brief: 'Where tokenmeter up delivers alerts as signed Standard Webhooks.',
    loggable: false,
  },
  webhookSecret: {
    name: 'TOKENMETER_WEBHOOK_SECRET',
    brief: 'Secret that signs those webhooks, in the form whsec_ plus base64.',
    loggable: false,
  },
};

/**
 * OpenTelemetry's switch for prompts, tools and answers on spans: `true`, `SPAN_ONLY` or `SPAN_AND_EVENT` turns it on;
 * anything else, and its absence, leaves it off. It is a practice of instrumentations, not in the specification's text.
 */
export const CAPTURE_CONTENT_ENV = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';
