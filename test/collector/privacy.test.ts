import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { makeFolder } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { foreignSpans, sendTraces } from './foreign-spans.ts';
import { runCollector } from './run-collector.ts';
import { startVendorIntakes } from './vendor-intake.ts';

const collector = findComponent('collector');
const binary = collector.isThere ? collector.path : '';

const SECRET = 'S3CRET-the-customer-said-this';

/** Where instrumentations of any dialect put what people and models said. */
const CONTENT = [
  'gen_ai.prompt',
  'gen_ai.completion',
  'gen_ai.prompt.0.content',
  'gen_ai.completion.0.content',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'gen_ai.tool.definitions',
  'gen_ai.request.messages',
  'gen_ai.response.text',
  'input.value',
  'output.value',
  'llm.input_messages.0.message.content',
  'llm.output_messages.0.message.content',
  'llm.prompts',
  'llm.completions',
  'llm.invocation_parameters',
  'retrieval.documents.0.document.content',
  'ai.prompt',
  'ai.prompt.messages',
  'ai.response.text',
  'ai.response.object',
  'ai.response.toolCalls',
  'ai.toolCall.args',
  'ai.toolCall.result',
  'traceloop.entity.input',
  'traceloop.entity.output',
  'langfuse.observation.input',
  'langfuse.observation.output',
  'request_data',
  'response_data',
  'all_messages_events',
  'something.nobody.declared',
];

test.skipIf(!collector.isThere)(
  'what people said reaches no backend and no disk; with --keep-content it does',
  { timeout: 60_000 },
  async () => {
    for (const [args, isKept] of [
      [[], false],
      [['--keep-content'], true],
    ] as const) {
      await using folder = await makeFolder();
      await using intakes = await startVendorIntakes(['sampled', 'whole']);
      await using running = await runCollector({
        binary,
        folder: folder.path,
        backends: ['otlp', 'tokenmeter', 'file', 'debug'],
        args,
        env: {
          TOKENMETER_BACKEND_OTLP_ENDPOINT: intakes.urlOf('sampled'),
          TOKENMETER_BACKEND_TOKENMETER_ENDPOINT: intakes.urlOf('whole'),
          TOKENMETER_BACKEND_DEBUG_VERBOSITY: 'detailed',
        },
      });
      const attributes = Object.fromEntries(CONTENT.map((name) => [name, `{"text":"${SECRET}"}`]));
      const events = ['gen_ai.content.prompt', 'gen_ai.user.message', 'gen_ai.choice'].map(
        (name) => ({
          name,
          attributes: { content: SECRET, 'gen_ai.prompt': SECRET },
        }),
      );
      const calls = [{ attributes, events }];
      expect(await sendTraces(running.url, foreignSpans(calls))).toBe(200);
      expect(await running.stop()).toBe(0);
      const bodies = ['sampled', 'whole']
        .flatMap((vendor) => intakes.requestsOf(vendor))
        .map(({ body }) => gunzipSync(body).toString('latin1'));
      expect(bodies.length).toBeGreaterThanOrEqual(4);
      const disk = ['queue', 'tokenmeter-telemetry'].flatMap((name) =>
        readdirSync(join(folder.path, name)).map((file) =>
          readFileSync(join(folder.path, name, file), 'latin1'),
        ),
      );
      expect(disk.length).toBeGreaterThanOrEqual(5);
      const leaks = [...bodies, ...disk, running.output()].filter((text) => text.includes(SECRET));
      expect(leaks.length > 0).toBe(isKept);
      expect(intakes.sinkOf('whole').sumOf('tokenmeter.calls')).toBe(1);
    }
  },
);
