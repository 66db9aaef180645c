const { drain, exporter, inSpan, run, startTracing, step, urls } = require('./program.cjs');

const all = ['cache_read', 'reasoning'];

/** What the libraries need to see LangChain: a patched callback manager, or callbacks given with each call. */
const load = {
  'js-openinference-langchain': () => {
    const {
      LangChainInstrumentation,
    } = require('@arizeai/openinference-instrumentation-langchain');
    const instrumentation = new LangChainInstrumentation();
    startTracing([instrumentation]);
    instrumentation.manuallyInstrument(require('@langchain/core/callbacks/manager'));
    return [];
  },
  'js-traceloop-langchain': () => {
    const { LangChainInstrumentation } = require('@traceloop/instrumentation-langchain');
    const instrumentation = new LangChainInstrumentation();
    startTracing([instrumentation]);
    instrumentation.manuallyInstrument({
      callbackManagerModule: require('@langchain/core/callbacks/manager'),
    });
    return [];
  },
  'js-langfuse-langchain': () => {
    const { LangfuseSpanProcessor } = require('@langfuse/otel');
    const processor = new LangfuseSpanProcessor({
      exporter: exporter(),
      exportMode: 'immediate',
      publicKey: 'none',
      secretKey: 'none',
    });
    startTracing([], [processor]);
    const { CallbackHandler } = require('@langfuse/langchain');
    return [new CallbackHandler()];
  },
};

run(async () => {
  const callbacks = load[process.env.DIALECT]();
  const { ChatOpenAI, OpenAIEmbeddings } = require('@langchain/openai');
  const { ChatPromptTemplate } = require('@langchain/core/prompts');
  const { tool } = require('@langchain/core/tools');
  const { HumanMessage, ToolMessage } = require('@langchain/core/messages');
  const configuration = { baseURL: urls.openai };
  const chat = (model, more) =>
    new ChatOpenAI({ model, apiKey: 'none', configuration, maxRetries: 1, ...more });
  const options = { callbacks };

  await step('chat', {}, () => chat('gpt-4o').invoke('hello', options));
  await step('chat, cached prompt', { classes: ['cache_read'] }, () =>
    chat('gpt-4o').invoke('hello', options),
  );
  await step('chat, reasoning', { classes: all }, () =>
    chat('gpt-5-mini').invoke('hello', options),
  );
  await step('chat, streamed', { classes: all }, async () =>
    drain(await chat('gpt-5-mini').stream('hello', options)),
  );
  await step('responses', { classes: all }, () =>
    chat('gpt-5-mini', { useResponsesApi: true }).invoke('hello', options),
  );
  await step('chain', { classes: all }, () =>
    ChatPromptTemplate.fromTemplate('{word}')
      .pipe(chat('gpt-5-mini'))
      .invoke({ word: 'hello' }, options),
  );
  await step('tool in two turns', { classes: ['cache_read'], callsTool: true }, async () => {
    const schema = { type: 'object', properties: { zone: { type: 'string' } } };
    const clock = tool(async () => 'noon', {
      name: 'clock',
      description: 'tells the time',
      schema,
    });
    const model = chat('gpt-4o').bindTools([clock]);
    const first = await model.invoke('hello', options);
    const [call] = first.tool_calls;
    const content = await clock.invoke(call.args, options);
    const result = new ToolMessage({ content: String(content), tool_call_id: call.id });
    await model.invoke([new HumanMessage('hello'), first, result], options);
  });
  if (process.env.DIALECT === 'js-openinference-langchain') {
    const { ChatAnthropic } = require('@langchain/anthropic');
    const claude = (more) =>
      new ChatAnthropic({
        model: 'claude-sonnet-4-5',
        apiKey: 'none',
        anthropicApiUrl: urls.anthropic,
        maxTokens: 64,
        ...more,
      });
    const cached = ['cache_read', 'cache_write_5m'];
    await step('messages', {}, () => claude().invoke('hello', options));
    await step('messages, cache read and written', { classes: cached }, () =>
      claude().invoke('hello', options),
    );
    await step('messages, streamed', { classes: cached }, async () =>
      drain(await claude().stream('hello', options)),
    );
  }
  await step('chat, refused', { status: 400 }, () => chat('gpt-4o').invoke('hello', options));
  await step('chat, second attempt', { failsFirst: true, firstStatus: 503 }, () =>
    chat('gpt-4o').invoke('hello', options),
  );
  await step('chat, unknown model', {}, () => chat('acme-chat-1').invoke('hello', options));
  await step('two calls below a span of the application', { classes: ['cache_read'] }, () =>
    inSpan('answer', async () => {
      await chat('gpt-4o').invoke('hello', options);
      await chat('gpt-4o-mini').invoke('hello', options);
    }),
  );
  await step('embeddings', {}, () =>
    new OpenAIEmbeddings({
      model: 'text-embedding-3-small',
      apiKey: 'none',
      configuration,
    }).embedQuery('hello'),
  );
});
