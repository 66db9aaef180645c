// OpenTelemetry of your own, with Tokenmeter in it: node --import ./telemetry.mjs app.mjs
import { FastifyOtelInstrumentation } from '@fastify/otel';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { TokenmeterInstrumentation } from '@tokenmeter/instrumentation';

const sdk = new NodeSDK({
  instrumentations: [
    new HttpInstrumentation(),
    new FastifyOtelInstrumentation({ registerOnInitialization: true }),
    new TokenmeterInstrumentation(),
  ],
});
sdk.start();

process.once('SIGTERM', async () => {
  await sdk.shutdown();
  process.exit();
});
