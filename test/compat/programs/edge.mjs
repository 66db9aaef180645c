// Runs inside an edge runtime: no Node module, no `process`, no `Buffer`. What it leaves on the global object is compared.
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { withAttribution, wrapFetch } from '@tokenmeter/instrumentation/edge';
import OpenAI from 'openai';

const calls = [];
/** Wrapped where applications do it: when their module is loaded, before anything may be sent. */
const metered = wrapFetch(fetch, {
  onCall: ({ record, priced, attribution }) =>
    calls.push([record.operation, record.outcome, priced.costUsd, attribution.feature]),
});
const clientWith = (send) =>
  new OpenAI({ apiKey: 'none', baseURL: `${globalThis.PROVIDER}/v1`, maxRetries: 1, fetch: send });
const ask = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Grüße' }] };

/** What an application does, and sees. */
async function program(client) {
  const { completions } = client.chat;
  const whole = await completions.create(ask);
  const streamed = { ...ask, stream: true, stream_options: { include_usage: true } };
  const seen = [];
  for await (const chunk of await completions.create(streamed)) seen.push(chunk);
  const held = { ...streamed, messages: [{ role: 'user', content: 'case:hold' }] };
  for await (const chunk of await completions.create(held)) {
    if (chunk.choices[0].delta.content === 'and ') break;
  }
  const failing = { ...ask, messages: [{ role: 'user', content: 'case:fail' }] };
  const failure = await completions.create(failing).catch((error) => [error.status, error.message]);
  const embedding = await client.embeddings.create({ model: 'text-embedding-3-small', input: 'a' });
  return { whole, seen, failure, vectors: embedding.data.length };
}

function sumOf(exporter, name) {
  let sum = 0;
  for (const { scopeMetrics } of exporter.getMetrics()) {
    for (const { metrics: all } of scopeMetrics) {
      for (const { descriptor, dataPoints } of all) {
        if (descriptor.name === name) for (const { value } of dataPoints) sum += value;
      }
    }
  }
  return sum;
}

globalThis.runProgram = async () => {
  // Here and not above: workers may not start a timer before a request comes.
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 31 - 1 });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  const bare = await program(clientWith(fetch));
  const seen = await withAttribution({ feature: 'edge' }, () => program(clientWith(metered)));
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  await reader.forceFlush();
  const totals = ['tokenmeter.calls', 'tokenmeter.tokens', 'tokenmeter.cost'].map((name) =>
    sumOf(exporter, name),
  );
  return JSON.stringify({ bare, seen, calls, totals });
};
