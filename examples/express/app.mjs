import { withAttribution } from '@tokenmeter/instrumentation';
import express from 'express';
import OpenAI from 'openai';

const openai = new OpenAI();
const app = express();

async function ask(question) {
  const completion = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: question }],
  });
  return completion.choices[0].message.content;
}

// Without tracing, Express knows the route only inside the handler: hand it on.
app.get('/summaries/:id', async (request, response) => {
  const attribution = { feature: 'summary', team: 'reading', route: request.route.path };
  const text = await withAttribution(attribution, () => ask(`Summarise ${request.params.id}`));
  response.json({ text });
});

// With `telemetry.mjs` the active server span knows the route: nothing to hand on.
app.get('/answers/:id', async (request, response) => {
  const attribution = { feature: 'answer', team: 'support' };
  const text = await withAttribution(attribution, () => ask(`Answer ${request.params.id}`));
  response.json({ text });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on ${server.address().port}`);
});
