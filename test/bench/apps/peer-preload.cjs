// Starts one peer before the program, each the way its documentation says, with OTLP exporters to the same address:
// `node --require peer-preload.cjs`, PEER names it.
const { createRequire } = require('node:module');
const { join } = require('node:path');

const load = createRequire(join(process.env.PEERS_FOLDER, 'package.json'));
const origin = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;

/** The OpenTelemetry SDK with one instrumentation. */
function startSdk(instrumentation) {
  const { NodeSDK } = load('@opentelemetry/sdk-node');
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-proto');
  const { OTLPMetricExporter } = load('@opentelemetry/exporter-metrics-otlp-proto');
  const { PeriodicExportingMetricReader } = load('@opentelemetry/sdk-metrics');
  const exporter = new OTLPMetricExporter({ url: `${origin}/v1/metrics` });
  new NodeSDK({
    autoDetectResources: false,
    traceExporter: new OTLPTraceExporter({ url: `${origin}/v1/traces` }),
    metricReader: new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: 1000,
      exportTimeoutMillis: 1000,
    }),
    instrumentations: [instrumentation],
  }).start();
}

const PEERS = {
  contrib() {
    const { OpenAIInstrumentation } = load('@opentelemetry/instrumentation-openai');
    startSdk(new OpenAIInstrumentation());
  },
  traceloop() {
    const { OpenAIInstrumentation } = load('@traceloop/instrumentation-openai');
    startSdk(new OpenAIInstrumentation({ traceContent: false }));
  },
  arize() {
    const { OpenAIInstrumentation } = load('@arizeai/openinference-instrumentation-openai');
    const hidden = { hideInputs: true, hideOutputs: true };
    startSdk(new OpenAIInstrumentation({ traceConfig: hidden }));
  },
  openlit() {
    const loaded = load('openlit');
    const openlit = loaded.default ?? loaded;
    openlit.init({ otlpEndpoint: origin, captureMessageContent: false, disableBatch: false });
  },
};

PEERS[process.env.PEER]();
