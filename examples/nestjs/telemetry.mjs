// OpenTelemetry of your own, with Tokenmeter in it: node --import ./telemetry.mjs dist/main.mjs
import { register } from 'node:module';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { TokenmeterInstrumentation } from '@tokenmeter/instrumentation';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const sdk = new NodeSDK({
  instrumentations: [getNodeAutoInstrumentations(), new TokenmeterInstrumentation()],
});
sdk.start();

process.once('SIGTERM', async () => {
  await sdk.shutdown();
  process.exit();
});
