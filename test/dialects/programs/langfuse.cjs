const { exporter, run, startTracing, urls } = require('./program.cjs');
const { openaiSteps } = require('./openai-steps.cjs');

run(async () => {
  const { LangfuseSpanProcessor } = require('@langfuse/otel');
  const { observeOpenAI } = require('@langfuse/openai');
  const processor = new LangfuseSpanProcessor({
    exporter: exporter(),
    exportMode: 'immediate',
    publicKey: 'none',
    secretKey: 'none',
  });
  startTracing([], [processor]);
  const { OpenAI } = require('openai');
  await openaiSteps(() => observeOpenAI(new OpenAI({ baseURL: urls.openai, apiKey: 'none' })));
});
