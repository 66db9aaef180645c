/** Exact versions by package name. */
export type PackageSet = Readonly<Record<string, string>>;

/** What `@tokenmeter/node` and its parts depend on, as this workspace has it installed. */
const OURS: PackageSet = {
  '@opentelemetry/api': '1.10.0',
  '@opentelemetry/context-async-hooks': '3.1.0',
  '@opentelemetry/instrumentation': '0.301.0',
  '@opentelemetry/otlp-transformer': '0.301.0',
  '@opentelemetry/resources': '3.1.0',
  '@opentelemetry/sdk-metrics': '3.1.0',
  '@opentelemetry/sdk-node': '0.301.0',
  '@opentelemetry/sdk-trace': '3.1.0',
};

/** The newest of the 2.x line, which takes no newer API than 1.9. */
const OLDER_LINE: PackageSet = {
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/instrumentation': '0.223.0',
  '@opentelemetry/resources': '2.12.0',
  '@opentelemetry/sdk-metrics': '2.12.0',
  '@opentelemetry/sdk-trace-base': '2.12.0',
};

/** The packages that the examples and the tests beside other telemetry are run with (npm, 2026-11-21). */
export const PACKAGE_SETS = {
  /** Web servers, with the instrumentations that know their routes. */
  servers: {
    ...OURS,
    '@fastify/otel': '0.21.2',
    '@hono/node-server': '2.1.8',
    '@nestjs/common': '12.5.1',
    '@nestjs/core': '12.5.1',
    '@nestjs/platform-express': '12.5.1',
    '@opentelemetry/auto-instrumentations-node': '0.82.0',
    express: '5.3.0',
    fastify: '5.12.8',
    hono: '4.13.19',
    openai: '7.55.0',
    'reflect-metadata': '0.2.2',
    rxjs: '7.8.2',
  },
  next: {
    ...OURS,
    '@types/node': '24.19.2',
    '@types/react': '19.3.0',
    next: '16.4.6',
    openai: '7.55.0',
    react: '19.3.1',
    'react-dom': '19.3.1',
    typescript: '5.9.3',
  },
  /** The older line of the OpenTelemetry SDK. */
  sdk2: { ...OLDER_LINE, '@opentelemetry/sdk-node': '0.223.0', openai: '7.55.0' },
  vercel: {
    ...OLDER_LINE,
    '@opentelemetry/api-logs': '0.223.0',
    '@opentelemetry/exporter-metrics-otlp-proto': '0.223.0',
    '@opentelemetry/sdk-logs': '0.223.0',
    '@vercel/otel': '2.1.3',
    openai: '7.55.0',
  },
  /** SDKs and instrumentations that write GenAI spans of their own. */
  native: {
    ...OURS,
    '@ai-sdk/openai': '4.0.118',
    '@ai-sdk/otel': '1.0.173',
    '@anthropic-ai/sdk': '1.11.0',
    '@arizeai/openinference-instrumentation-openai': '4.2.7',
    '@opentelemetry/instrumentation-openai': '0.22.0',
    '@traceloop/instrumentation-openai': '0.27.0',
    ai: '7.0.173',
    openai: '6.49.0',
    zod: '4.6.7',
  },
  sentry: { ...OURS, '@sentry/node': '11.11.0', openai: '7.55.0' },
  datadog: { ...OURS, 'dd-trace': '6.21.0', openai: '7.55.0' },
} as const satisfies Readonly<Record<string, PackageSet>>;

/** The name of a set. */
export type PackageSetName = keyof typeof PACKAGE_SETS;
