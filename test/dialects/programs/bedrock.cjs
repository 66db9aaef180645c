const { drain, inSpan, run, startTracing, step, urls } = require('./program.cjs');

const load = {
  'js-openinference-bedrock': () =>
    new (require('@arizeai/openinference-instrumentation-bedrock').BedrockInstrumentation)(),
  'js-otel-aws-sdk': () =>
    new (require('@opentelemetry/instrumentation-aws-sdk').AwsInstrumentation)(),
  'js-traceloop-bedrock': () =>
    new (require('@traceloop/instrumentation-bedrock').BedrockInstrumentation)(),
};

run(async () => {
  if (process.env.DIALECT === 'js-openlit-bedrock') require('./openlit.cjs').startOpenlit();
  else startTracing([load[process.env.DIALECT]()]);
  const {
    BedrockRuntimeClient,
    ConverseCommand,
    ConverseStreamCommand,
    InvokeModelCommand,
    InvokeModelWithResponseStreamCommand,
  } = require('@aws-sdk/client-bedrock-runtime');
  const { NodeHttpHandler } = require('@smithy/node-http-handler');
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: urls.other,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 2,
  });
  const messages = [{ role: 'user', content: [{ text: 'hello' }] }];
  const converse = (modelId) => client.send(new ConverseCommand({ modelId, messages }));
  const stream = async (modelId) =>
    drain((await client.send(new ConverseStreamCommand({ modelId, messages }))).stream);
  const body = JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 64,
    messages: [{ role: 'user', content: 'hello' }],
  });
  const invoke = (modelId) =>
    client.send(new InvokeModelCommand({ modelId, body, contentType: 'application/json' }));
  const invokeStream = async (modelId) =>
    drain(
      (
        await client.send(
          new InvokeModelWithResponseStreamCommand({
            modelId,
            body,
            contentType: 'application/json',
          }),
        )
      ).body,
    );
  const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
  const cached = ['cache_read', 'cache_write'];

  await step('converse', {}, () => converse('amazon.nova-lite-v1:0'));
  await step('converse, cached prompt', { classes: ['cache_read'] }, () =>
    converse('amazon.nova-lite-v1:0'),
  );
  await step('converse, cache read and written', { classes: cached }, () => converse(claude));
  await step('converse, streamed', { classes: cached }, () => stream(claude));
  await step('invoke', { classes: ['cache_read', 'cache_write_5m'] }, () => invoke(claude));
  await step('invoke, streamed', { classes: ['cache_read', 'cache_write_5m'] }, () =>
    invokeStream(claude),
  );
  await step('converse, refused', { status: 400 }, () => converse(claude));
  await step('converse, second attempt', { failsFirst: true }, () =>
    converse('amazon.nova-lite-v1:0'),
  );
  await step('converse, unknown model', {}, () => converse('acme.chat-v1:0'));
  await step('two calls below a span of the application', { classes: cached }, () =>
    inSpan('answer', async () => {
      await converse(claude);
      await converse('amazon.nova-lite-v1:0');
    }),
  );
});
