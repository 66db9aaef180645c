import { withAttribution } from '@tokenmeter/instrumentation';
import Fastify from 'fastify';
import OpenAI from 'openai';

const openai = new OpenAI();
const app = Fastify();

async function ask(question) {
  const completion = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: question }],
  });
  return completion.choices[0].message.content;
}

// Without tracing, Fastify itself tells the route's template: hand it on.
app.get('/summaries/:id', async (request) => {
  const attribution = { feature: 'summary', team: 'reading', route: request.routeOptions.url };
  const text = await withAttribution(attribution, () => ask(`Summarise ${request.params.id}`));
  return { text };
});

// With `telemetry.mjs` the active server span knows the route: nothing to hand on.
app.get('/answers/:id', async (request) => {
  const attribution = { feature: 'answer', team: 'support' };
  const text = await withAttribution(attribution, () => ask(`Answer ${request.params.id}`));
  return { text };
});

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' });
console.log(`listening on ${app.server.address().port}`);
