const { run, startTracing, urls } = require('./program.cjs');
const { anthropicSteps } = require('./anthropic-steps.cjs');

const load = {
  'js-openinference-anthropic': () =>
    new (require('@arizeai/openinference-instrumentation-anthropic').AnthropicInstrumentation)(),
  'js-traceloop-anthropic': () =>
    new (require('@traceloop/instrumentation-anthropic').AnthropicInstrumentation)(),
  // The SDK's own spans need nothing but a registered provider.
  'js-anthropic-native': () => undefined,
};

run(async () => {
  const instrumentation = load[process.env.DIALECT]();
  startTracing(instrumentation === undefined ? [] : [instrumentation]);
  const { Anthropic } = require('@anthropic-ai/sdk');
  await anthropicSteps(
    () => new Anthropic({ baseURL: urls.anthropic, apiKey: 'none', maxRetries: 2 }),
  );
});
