const { drain, hello, inSpan, step } = require('./program.cjs');

const functionTool = {
  name: 'clock',
  description: 'tells the time',
  parameters: { type: 'object', properties: { zone: { type: 'string' } } },
};
const chatTool = { type: 'function', function: functionTool };
const all = ['cache_read', 'reasoning'];

/** Everything that an application does with OpenAI's client. */
exports.openaiSteps = async (create, { hasResponses = true } = {}) => {
  const client = create();
  const chat = (model, more) => client.chat.completions.create({ model, messages: hello, ...more });
  const streamed = async (model, more) =>
    drain(await chat(model, { stream: true, stream_options: { include_usage: true }, ...more }));

  await step('chat', {}, () => chat('gpt-4o'));
  await step('chat, cached prompt', { classes: ['cache_read'] }, () => chat('gpt-4o'));
  await step('chat, cache read and written', { classes: ['cache_read', 'cache_write'] }, () =>
    chat('gpt-5'),
  );
  await step('chat, reasoning', { classes: all }, () => chat('gpt-5-mini'));
  await step('chat, priority tier', { classes: all, serviceTier: 'priority' }, () =>
    chat('gpt-5-mini', { service_tier: 'priority' }),
  );
  await step('chat, streamed', { classes: all }, () => streamed('gpt-5-mini'));
  await step('chat, streamed without usage', {}, async () =>
    drain(await chat('gpt-4o', { stream: true })),
  );
  await step('chat, tool in two turns', { classes: ['cache_read'], callsTool: true }, async () => {
    const { choices } = await chat('gpt-4o', { tools: [chatTool] });
    const [call] = choices[0].message.tool_calls;
    const result = { role: 'tool', tool_call_id: call.id, content: 'noon' };
    await chat('gpt-4o', { tools: [chatTool], messages: [...hello, choices[0].message, result] });
  });
  await step('chat, refused', { status: 400 }, () => chat('gpt-4o'));
  await step('chat, second attempt', { failsFirst: true, classes: ['cache_read'] }, () =>
    chat('gpt-4o-mini'),
  );
  await step('chat, unknown model', {}, () => chat('acme-chat-1'));
  await step('two calls below a span of the application', { classes: ['cache_read'] }, () =>
    inSpan('answer', async () => {
      await chat('gpt-4o');
      await streamed('gpt-4o-mini');
    }),
  );
  if (hasResponses) await responsesSteps(client);
  await step('embeddings', {}, () =>
    client.embeddings.create({ model: 'text-embedding-3-small', input: ['hello', 'hello'] }),
  );
};

async function responsesSteps(client) {
  const respond = (model, more) => client.responses.create({ model, input: 'hello', ...more });
  await step('responses', { classes: all }, () => respond('gpt-5'));
  await step('responses, streamed', { classes: all }, async () =>
    drain(await respond('gpt-5', { stream: true })),
  );
  await step(
    'responses, tool in two turns',
    { classes: ['cache_read'], callsTool: true },
    async () => {
      const tools = [{ type: 'function', strict: false, ...functionTool }];
      const { output } = await respond('gpt-4o', { tools });
      const result = { type: 'function_call_output', call_id: output[0].call_id, output: 'noon' };
      await respond('gpt-4o', { tools, input: [...hello, output[0], result] });
    },
  );
  await step('responses, refused', { status: 500 }, () => respond('gpt-5'));
}
