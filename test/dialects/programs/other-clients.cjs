// Cohere and Vertex AI, whose words are few.
const { drain, inSpan, run, startTracing, step, urls } = require('./program.cjs');

const CACHED = ['cache_read'];
const THOUGHTS = ['reasoning'];

async function cohere() {
  const { CohereInstrumentation } = require('@traceloop/instrumentation-cohere');
  startTracing([new CohereInstrumentation()]);
  const { CohereClient } = require('cohere-ai');
  const client = new CohereClient({ environment: urls.other, token: 'none' });
  const once = { maxRetries: 0 };
  const ask = { model: 'command-r-plus-08-2024', message: 'hello' };
  const prompt = { model: 'command-r-plus-08-2024', prompt: 'hello' };
  await step('generate', {}, () => client.generate(prompt, once));
  await step('generate, refused', { status: 400 }, () => client.generate(prompt, once));
  await step('generate, unknown model', {}, () =>
    client.generate({ ...prompt, model: 'acme-chat-1' }, once),
  );
  await step('two calls below a span of the application', {}, () =>
    inSpan('answer', async () => {
      await client.generate(prompt, once);
      await client.generate(prompt, once);
    }),
  );
  await step('chat', {}, () => client.chat(ask, once));
  await step('chat, streamed', {}, async () => drain(await client.chatStream(ask, once)));
}

/** The client speaks https to Google only. */
function sendElsewhere() {
  const { fetch } = globalThis;
  globalThis.fetch = (url, options) =>
    fetch(String(url).replace(/^https:\/\/[^/]*googleapis\.com/, urls.other), options);
}

async function vertexai() {
  const { VertexAIInstrumentation } = require('@traceloop/instrumentation-vertexai');
  startTracing([new VertexAIInstrumentation()]);
  const { VertexAI } = require('@google-cloud/vertexai');
  const { OAuth2Client } = require('google-auth-library');
  sendElsewhere();
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: 'none', expiry_date: Date.now() + 3_600_000 });
  const vertex = new VertexAI({
    project: 'project',
    location: 'us-central1',
    googleAuthOptions: { authClient },
  });
  const ask = (model) => vertex.getGenerativeModel({ model }).generateContent('hello');
  const stream = async (model) => {
    const { stream: parts, response } = await vertex
      .getGenerativeModel({ model })
      .generateContentStream('hello');
    await drain(parts);
    await response;
  };
  await step('generate', {}, () => ask('gemini-2.5-flash'));
  await step('generate, cached prompt', { classes: CACHED }, () => ask('gemini-2.5-flash'));
  await step('generate, thoughts', { classes: THOUGHTS }, () => ask('gemini-2.5-pro'));
  await step('generate, streamed', { classes: THOUGHTS }, () => stream('gemini-2.5-flash'));
  await step('generate, refused', { status: 400 }, () => ask('gemini-2.5-flash'));
  await step('generate, unknown model', {}, () => ask('acme-chat-1'));
  await step('two calls below a span of the application', { classes: CACHED }, () =>
    inSpan('answer', async () => {
      await ask('gemini-2.5-flash');
      await ask('gemini-2.5-pro');
    }),
  );
}

run(process.env.DIALECT === 'js-traceloop-cohere' ? cohere : vertexai);
