const { drain, hello, inSpan, step } = require('./program.cjs');

const tools = [
  {
    name: 'clock',
    description: 'tells the time',
    input_schema: { type: 'object', properties: { zone: { type: 'string' } } },
  },
];
const cached = ['cache_read', 'cache_write_5m'];
const all = ['cache_read', 'cache_write_5m', 'cache_write_1h'];

/** Everything that an application does with Anthropic's client. */
exports.anthropicSteps = async (create) => {
  const client = create();
  const ask = (model, more) =>
    client.messages.create({ model, max_tokens: 64, messages: hello, ...more });
  const sonnet = 'claude-sonnet-4-5';

  await step('messages', {}, () => ask(sonnet));
  await step('messages, cached prompt', { classes: ['cache_read'] }, () => ask(sonnet));
  await step('messages, cache read and written', { classes: cached }, () => ask(sonnet));
  await step('messages, cache written for an hour', { classes: all }, () => ask(sonnet));
  await step('messages, cache written only', { classes: ['cache_write_5m'] }, () =>
    ask('claude-haiku-4-5'),
  );
  await step('messages, thinking', { classes: [...cached, 'reasoning'] }, () => ask(sonnet));
  await step('messages, streamed', { classes: all }, async () =>
    drain(await ask(sonnet, { stream: true })),
  );
  await step('messages, streamed, nothing cached', {}, async () =>
    drain(await ask(sonnet, { stream: true })),
  );
  await step('messages, stream helper', { classes: cached }, () =>
    client.messages.stream({ model: sonnet, max_tokens: 64, messages: hello }).finalMessage(),
  );
  await step(
    'messages, tool in two turns',
    { classes: ['cache_read'], callsTool: true },
    async () => {
      const first = await ask(sonnet, { tools });
      const result = { type: 'tool_result', tool_use_id: first.content[0].id, content: 'noon' };
      const messages = [
        ...hello,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [result] },
      ];
      await ask(sonnet, { tools, messages });
    },
  );
  await step(
    'messages, long context',
    { tokens: { input: 150_001 }, classes: ['cache_read'] },
    () => ask(sonnet),
  );
  await step('messages, refused', { status: 400 }, () => ask(sonnet));
  await step('messages, second attempt', { failsFirst: true, classes: ['cache_read'] }, () =>
    ask(sonnet),
  );
  await step('messages, unknown model', { classes: ['cache_read'] }, () => ask('acme-chat-1'));
  await step('two calls below a span of the application', { classes: cached }, () =>
    inSpan('answer', async () => {
      await ask(sonnet);
      await drain(await ask('claude-haiku-4-5', { stream: true }));
    }),
  );
};
