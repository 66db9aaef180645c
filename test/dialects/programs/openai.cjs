const { run, startTracing, urls } = require('./program.cjs');
const { openaiSteps } = require('./openai-steps.cjs');

const load = {
  'js-openinference-openai': () =>
    new (require('@arizeai/openinference-instrumentation-openai').OpenAIInstrumentation)(),
  'js-traceloop-openai': () =>
    new (require('@traceloop/instrumentation-openai').OpenAIInstrumentation)(),
  'js-otel-openai': () =>
    new (require('@opentelemetry/instrumentation-openai').OpenAIInstrumentation)(),
};

run(async () => {
  startTracing([load[process.env.DIALECT]()]);
  const { OpenAI } = require('openai');
  await openaiSteps(() => new OpenAI({ baseURL: urls.openai, apiKey: 'none', maxRetries: 2 }));
});
