// Meters through the instrumentation alone and prints what a sampler is shown of each span, as JSON lines.
import { createRequire } from 'node:module';
import {
  parseConfig,
  TokenmeterInstrumentation,
} from '../../../packages/instrumentation/dist/index.js';

const require = createRequire(new URL('../../../packages/node/package.json', import.meta.url));
// The SDK that @tokenmeter/node brings, not a dependency of this folder.
const sdk = '@opentelemetry/sdk-trace';
const { TracerProvider } = require(sdk);

const instrumentation = new TokenmeterInstrumentation({
  ...parseConfig(process.env).config,
  enabled: false,
});
instrumentation.setTracerProvider(
  new TracerProvider({
    sampler: {
      shouldSample(_context, _traceId, name, kind, attributes) {
        process.stdout.write(`${JSON.stringify({ name, kind, attributes })}\n`);
        return { decision: 2 };
      },
    },
  }),
);
instrumentation.enable();
await import('./replay-fixtures.mjs');
