import { serve } from '@hono/node-server';
import { withAttribution } from '@tokenmeter/instrumentation';
import { Hono } from 'hono';
import { routePath } from 'hono/route';
import OpenAI from 'openai';

const openai = new OpenAI();
const app = new Hono();

async function ask(question) {
  const completion = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: question }],
  });
  return completion.choices[0].message.content;
}

// Hono matches before its middleware runs: one line gives every call the template of its route.
app.use((context, next) => withAttribution({ route: routePath(context, -1) }, next));

app.get('/summaries/:id', async (context) => {
  const question = `Summarise ${context.req.param('id')}`;
  const attribution = { feature: 'summary', team: 'reading' };
  return context.json({ text: await withAttribution(attribution, () => ask(question)) });
});

app.get('/answers/:id', async (context) => {
  const question = `Answer ${context.req.param('id')}`;
  const attribution = { feature: 'answer', team: 'support' };
  return context.json({ text: await withAttribution(attribution, () => ask(question)) });
});

const port = Number(process.env.PORT ?? 3000);
serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (info) => {
  console.log(`listening on ${info.port}`);
});
