import { expect, test } from 'vitest';
import { readCaptures } from '../dialects/read-captures.ts';
import { findComponent } from '../support/components.ts';
import { sendTraces, traceExport } from './otlp-spans.ts';
import { runIntoSink } from './run-into-sink.ts';

const collector = findComponent('collector');
/** What programs wrote to models, what models answered, and what providers quoted in errors. */
const CONTENT = /\b(?:hello|the answer|Tells the time|replay plan)\b/i;

test.skipIf(!collector.isThere)(
  'nothing that was written or answered in any capture reaches a backend, unless it is let through',
  { timeout: 400_000 },
  async () => {
    const sent = readCaptures().flatMap(({ steps }) =>
      steps.map(({ traces }) => JSON.stringify(traces)).filter((body) => CONTENT.test(body)),
    );
    expect(sent.length).toBeGreaterThan(500);
    for (const isKept of [false, true]) {
      await using run = await runIntoSink(collector, { args: isKept ? ['--keep-content'] : [] });
      const { running, sink } = run;
      for (const body of isKept ? sent.slice(0, 5) : sent) {
        expect(await sendTraces(running.url, body)).toBe(200);
      }
      expect(await running.stop()).toBe(0);
      expect(sink.spans().length).toBeGreaterThan(isKept ? 4 : 500);
      const leaks = sink
        .spans()
        .filter(({ attributes, events, status }) =>
          CONTENT.test(JSON.stringify([attributes, events, status])),
        );
      expect(leaks.length > 0).toBe(isKept);
    }
  },
);

/** Names that hold what was written or answered, each on a span that says nothing else. */
const ALONE = [
  ...['gen_ai.prompt.0.content', 'gen_ai.completion', 'gen_ai.output.messages'],
  ...['gen_ai.system_instructions', 'gen_ai.tool.call.arguments', 'gen_ai.tool.call.result'],
  ...['llm.input_messages.0.message.content', 'llm.prompts', 'input.value', 'output.value'],
  ...['traceloop.entity.input', 'traceloop.entity.output', 'ai.prompt', 'ai.response.text'],
  ...[
    'langfuse.observation.output',
    'langfuse.trace.name',
    'retrieval.documents.0.document.content',
  ],
  ...['mlflow.spanInputs', 'mlflow.spanOutputs', 'response_data', 'raw_llm_response'],
  ...['haystack.pipeline.input_data', 'haystack.component.output', 'langsmith.span.kind'],
  ...['gcp.vertex.agent.llm_request', 'request_data'],
];

test.skipIf(!collector.isThere)(
  'content goes that stands alone on a span, on a resource or on a scope; other spans keep what they say',
  { timeout: 240_000 },
  async () => {
    await using run = await runIntoSink(collector);
    const { running, sink } = run;
    const spans = [
      ...ALONE.map((name) => ({ name, attributes: { [name]: 'the answer' } })),
      { name: 'GET /', attributes: { 'url.path': '/the answer' } },
    ];
    const body: unknown = JSON.parse(
      traceExport({ app: spans }, { 'service.name': 'app', 'gen_ai.prompt': 'the answer' }),
    );
    const text = JSON.stringify(body).replace(
      '{"name":"app"}',
      '{"name":"app","attributes":[{"key":"input.value","value":{"stringValue":"the answer"}}]}',
    );
    expect(text).toContain('input.value');
    expect(await sendTraces(running.url, text)).toBe(200);
    expect(await running.stop()).toBe(0);
    const telling = sink
      .spans()
      .filter(({ attributes, resource }) => CONTENT.test(JSON.stringify([attributes, resource])))
      .map(({ name }) => name);
    expect(sink.spans().length).toBe(spans.length);
    expect(telling).toEqual(['GET /']);
  },
);
