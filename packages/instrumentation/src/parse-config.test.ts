import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Env, parseConfig } from './parse-config.ts';

const DEFAULTS = {
  enabled: true,
  semconv: 'latest',
  costCompat: 'none',
  estimate: false,
  chunkTimes: false,
  captureContent: false,
  injectUsage: true,
  injectUsageHosts: new Set(),
  priceFiles: [],
};

test.for<{ note: string; env: Env; want: object; problems: number }>([
  { note: 'nothing set', env: {}, want: DEFAULTS, problems: 0 },
  {
    note: 'blank values',
    env: { TOKENMETER_SEMCONV: ' ', TOKENMETER_PRICES: ',' },
    want: DEFAULTS,
    problems: 0,
  },
  {
    note: 'everything set',
    env: {
      TOKENMETER_SEMCONV: 'both',
      TOKENMETER_COST_COMPAT: 'otel-draft',
      TOKENMETER_ESTIMATE: 'on',
      TOKENMETER_CHUNK_TIMES: 'on',
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONLY',
      TOKENMETER_USER_HASH_KEY: 'k',
      TOKENMETER_INJECT_USAGE: 'off',
      TOKENMETER_DISABLED: 'true',
      TOKENMETER_FEATURE: 'chat',
      TOKENMETER_TEAM: 'core',
      TOKENMETER_PRICES: 'a.json, b.json',
      TOKENMETER_HOSTS: 'llm.internal:8080=openai',
    },
    want: {
      enabled: false,
      semconv: 'both',
      costCompat: 'otel-draft',
      estimate: true,
      chunkTimes: true,
      captureContent: true,
      userHashKey: 'k',
      injectUsage: false,
      injectUsageHosts: new Set(),
      feature: 'chat',
      team: 'core',
      priceFiles: ['a.json', 'b.json'],
      declaredHosts: new Map([['llm.internal:8080', 'openai']]),
    },
    problems: 0,
  },
  {
    note: 'an IPv6 address in a long form, and a gateway to several providers',
    env: { TOKENMETER_HOSTS: '[0:0:0:0:0:0:0:1]:9000=groq, [FD00::0:1]=openai, llm.internal=*' },
    want: {
      ...DEFAULTS,
      declaredHosts: new Map([
        ['[::1]:9000', 'groq'],
        ['[fd00::1]', 'openai'],
        ['llm.internal', '*'],
      ]),
    },
    problems: 0,
  },
  {
    note: 'further hosts that report usage',
    env: { TOKENMETER_INJECT_USAGE: 'on, llm.internal:8080, gateway, [0:0:0:0:0:0:0:1]:80' },
    want: { ...DEFAULTS, injectUsageHosts: new Set(['llm.internal:8080', 'gateway', '[::1]:80']) },
    problems: 0,
  },
  {
    note: 'hosts that are none are told once, and left out',
    env: { TOKENMETER_INJECT_USAGE: 'false, https://llm.internal/, llm.internal' },
    want: { ...DEFAULTS, injectUsageHosts: new Set(['llm.internal']) },
    problems: 1,
  },
  {
    note: 'pairs that are none are told once, and left out',
    env: { TOKENMETER_BAGGAGE: 'tenant, a=b, team=team' },
    want: { ...DEFAULTS, baggageFields: new Map([['team', 'team']]) },
    problems: 1,
  },
  {
    note: 'what is said of content in words for events is known',
    env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'EVENT_ONLY' },
    want: DEFAULTS,
    problems: 0,
  },
  {
    note: 'a wrong word about content captures none',
    env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'yes' },
    want: DEFAULTS,
    problems: 1,
  },
  {
    note: 'every problem is told at once',
    env: { TOKENMETER_SEMCONV: 'new', TOKENMETER_HOSTS: 'x', TOKENMETER_DISABLED: 'maybe' },
    want: DEFAULTS,
    problems: 3,
  },
])('$note', ({ env, want, problems }) => {
  const parsed = parseConfig(env);
  expect(parsed.config).toEqual(want);
  expect(parsed.problems).toHaveLength(problems);
});

test('any environment gives a configuration', () => {
  const names = ['TOKENMETER_SEMCONV', 'TOKENMETER_HOSTS', 'TOKENMETER_PRICES'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.string()), (env) => {
      expect(parseConfig(env).config.costCompat).toBe('none');
    }),
  );
});
