const { context, trace } = require('@opentelemetry/api');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');
const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
const { resourceFromAttributes } = require('@opentelemetry/resources');

const url = process.env.DIALECT_URL;
exports.urls = {
  openai: process.env.DIALECT_OPENAI_URL,
  anthropic: process.env.DIALECT_ANTHROPIC_URL,
  other: url,
};
exports.hello = [{ role: 'user', content: 'hello' }];
exports.exporter = () => new OTLPTraceExporter({ url: `${url}/v1/traces` });

let provider;

/** Sets the SDK up; every span leaves when it ends. */
exports.startTracing = (instrumentations = [], processors = []) => {
  provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'dialects' }),
    spanProcessors:
      processors.length > 0 ? processors : [new SimpleSpanProcessor(exports.exporter())],
  });
  provider.register();
  registerInstrumentations({ instrumentations, tracerProvider: provider });
  return provider;
};

/** Tells what the calls to come report, makes them, and waits until their spans are gone. */
exports.step = async (name, plan, calls) => {
  const body = JSON.stringify({ name, ...plan });
  await fetch(`${url}/step`, { method: 'POST', body });
  await new Promise((resolve) => setTimeout(resolve, 5));
  try {
    await calls();
  } catch (error) {
    process.stdout.write(
      `${name}: ${error.constructor.name}: ${String(error.message).slice(0, 300)}\n`,
    );
    if (plan.status === undefined) process.stdout.write(`${error.stack}\n`);
  }
  await new Promise((resolve) => setTimeout(resolve, 30));
  await provider?.forceFlush();
};

/** A span of the application itself. */
exports.inSpan = (name, calls) => {
  const span = trace.getTracer('app').startSpan(name);
  return context.with(trace.setSpan(context.active(), span), calls).finally(() => span.end());
};

/** Reads a stream to its end. */
exports.drain = async (stream) => {
  for await (const _ of stream);
};

exports.run = (program) => {
  program()
    .then(() => provider?.shutdown())
    .catch((error) => {
      process.stdout.write(`program failed: ${error.stack}\n`);
      process.exitCode = 1;
    });
};
