import type { Capture, CapturedCall } from './read-captures.ts';

const CONSEQUENCES: Readonly<Record<string, string>> = {
  usage: 'counted, but without tokens or cost (`no_usage`)',
  unseen: 'no span tells of it: neither counted nor charged',
  cache_read: 'cached input is charged as fresh input: too high',
  cache_read_excluded: 'cached input is not charged at all: too low',
  cache_write: 'cache writes are charged as fresh input: mostly too low',
  cache_write_excluded: 'cache writes are not charged at all: too low',
  lifetime: 'writes kept for an hour are charged as five-minute ones: too low',
  reasoning: 'reasoning counts as visible output: same cost at every provider here',
  reasoning_excluded: 'reasoning is not charged at all: too low',
  excess: 'one output token too many',
  tier: 'the service tier is not known: charged at the usual rate',
  model: 'the served model is not known: charged as the requested one',
};

interface Loss {
  readonly kind: string;
  readonly step: string;
}

/** The page that tells what each library irrecoverably loses, from what was measured. */
export function renderLosses(captures: readonly Capture[]): string {
  const captured = captures.filter(({ source }) => source === 'captured');
  return [
    '# What instrumentations lose',
    '',
    '> Rendered by `node test/dialects/capture.mjs --losses` from `test/dialects/captured`: do not edit.',
    '',
    `Measured on the spans of ${captured.length} instrumentations at the versions named, against providers whose books say what every call used. The Collector charges what the spans carry; what stands here is in no attribute or event of the span of the call, so nothing that reads spans can know it. Metering in process (\`@tokenmeter/node\`) reads the provider's own answer and has none of these gaps.`,
    '',
    'A number out of all calls with usage: *whole* means that every token class, the tier and the served model are on the innermost span of the call.',
    '',
    '| instrumentation | version | calls | whole | lost | consequence |',
    '|---|---|---|---|---|---|',
    ...captured.flatMap(renderCapture),
    '',
    ...NOTES,
    '',
  ].join('\n');
}

const NOTES: readonly string[] = [
  '## What no table can show',
  '',
  '- Errors and retries: no instrumentation tells how often its SDK tried again; a call that was refused to the end has a span in most libraries and none in some. Neither costs anything.',
  "- OpenLIT estimates the tokens of a stream that reported none (from the text, unflagged); other libraries say nothing, which is counted as `no_usage`. Its `gen_ai.usage.cost` ignores cached tokens; it is the library's claim, never the provider's word.",
  "- Two instrumentations of one client (OpenLLMetry beside the Anthropic SDK's own spans, LangChain over an instrumented client, Mistral's own tracer beside OpenLLMetry) write two spans for one call, in two traces or nested. Where they leave in one export and share the response id, or tokens and time, the call is counted once. Two error spans, and spans in exports of their own, are counted twice: leave one scope out with `TOKENMETER_IGNORE_SCOPES`.",
  '- The AWS SDK instrumentation of OpenTelemetry for JavaScript reads the opening event of an InvokeModel stream only: one output token, no cached ones.',
  "- Google's automatic function calling answers one call of the application with two of the model; contrib, OpenInference and OpenLLMetry write one span with the usage of the last.",
  '- OpenLLMetry names Bedrock models without their maker (`nova-lite-v1:0`); OpenInference for JavaScript names the maker only (`amazon`), the model stands in `input.value`.',
  '- LiteLLM writes its attributes onto the span of the application when there is one, so of several calls below one span only one is there.',
  '',
  '## Other versions and frameworks',
  '',
  'Seen in captures of 2026-11-22 that are not kept here; what the Collector makes of each is a row of `test/dialects/variants`.',
  '',
  '- No span of a call at all, only of agents, which are never charged: CrewAI 1.15 with OpenInference or OpenLLMetry alone, AutoGen 0.7 by itself, Agno 3.1 with OpenLLMetry, OpenTelemetry’s own for OpenAI’s agents (genai-openai-agents 1.3b0), OpenLLMetry for Bedrock 0.33. Add an instrumentation of the client.',
  '- Calls without usage: DSPy 3 and Instructor with OpenInference, AutoGen streams, Semantic Kernel 1.45 streams, OpenLLMetry 0.30–0.40 streams, OpenInference for JavaScript 2–4 streams, OpenLIT 1.7 for JavaScript.',
  '- Cached tokens missing from input that leaves them out, so the call is charged too little: contrib botocore 0.53–0.60 and OpenLLMetry 0.40–0.60 for Bedrock (InvokeModel), Traceloop 0.14–0.22 for Anthropic in JavaScript, Langtrace 3.8 for Anthropic, OpenLIT 1.7 for Anthropic in JavaScript, OpenInference 0.1.14–0.1.35 for Bedrock.',
  '- Cached tokens missing from input that holds them, so they are charged as fresh: contrib openai-v2 2.0–2.4, MLflow 3.17 with `MLFLOW_ENABLE_OTEL_GENAI_SEMCONV=true` (without it nothing is missing), Semantic Kernel 1.45, Agno with OpenInference below its own client spans.',
  '- contrib google-genai 0.4–0.6 adds the input of all chunks of a stream: twice and more. 0.7 and older know no thoughts. 1.0 counts thoughts beside the output, 1.1 and newer inside it under the same scope: where 1.0 reports fewer thoughts than output they are not charged.',
  '- Google ADK 2.13 counts thoughts twice in the output of models that it calls through LiteLLM.',
  '- OpenLIT 1.10 and 1.11 for JavaScript report one token in and two out for streams that it cannot read.',
  '- AI SDK 4 writes NaN for the tokens of a stream without usage. The JSON exporter of OpenTelemetry for JavaScript sends `null` in its place, and a Collector refuses the whole export (400); the protobuf exporter works.',
  '- An AI SDK object from Bedrock in a stream says of versions 5 and 6 alike nothing: input is taken to hold the cached tokens unless it is smaller than they are.',
];

function renderCapture(capture: Capture): readonly string[] {
  const calls = capture.steps.flatMap(({ name, truth }) => truth.map((call) => ({ name, call })));
  const used = calls.filter(({ call }) => call.tokens !== undefined);
  const losses = used.map(({ name, call }) => lossesOf(capture, name, call));
  const whole = losses.filter((each) => each.length === 0).length;
  const kinds = [...new Set(losses.flat().map(({ kind }) => kind))];
  const head = `${capture.name.replace(/^(js|py)-/, '')} (\`${capture.library}\`)`;
  const first = `| ${head} | ${capture.version} | ${used.length} | ${whole} `;
  if (kinds.length === 0) return [`${first}| nothing | |`];
  return kinds.map((kind, index) => {
    const steps = [
      ...new Set(losses.flat().flatMap((loss) => (loss.kind === kind ? [loss.step] : []))),
    ];
    const place =
      steps.length > 5
        ? `${steps.slice(0, 4).join('; ')}; and ${steps.length - 4} more`
        : steps.join('; ');
    const word = `${wordOf(kind)}: ${place}`;
    return `${index === 0 ? first : '| | | | '}| ${word} | ${CONSEQUENCES[kind] ?? ''} |`;
  });
}

function wordOf(kind: string): string {
  const words: Readonly<Record<string, string>> = {
    usage: 'all usage',
    unseen: 'the call',
    lifetime: 'lifetime of cache writes',
    excess: 'nothing, but adds',
    tier: 'service tier',
    model: 'served model',
  };
  return words[kind] ?? kind.replace('_excluded', '').replaceAll('_', ' ');
}

function lossesOf(capture: Capture, step: string, call: CapturedCall): readonly Loss[] {
  if (call.carried === undefined) {
    return [{ kind: isSeen(capture, step, call) ? 'usage' : 'unseen', step }];
  }
  const kinds = new Set(call.lost.flatMap((lost) => kindsOf(lost, call)));
  const { serviceTier } = call;
  const isUnusual = serviceTier !== undefined && !['default', 'standard'].includes(serviceTier);
  if (isUnusual && call.carriesTier !== true) kinds.add('tier');
  if (call.carriesModel !== 'served') kinds.add('model');
  return [...kinds].map((kind) => ({ kind, step }));
}

/** What the loss of a class means, by whether the totals that are there include it. */
function kindsOf(lost: string, { tokens = {}, carried = {} }: CapturedCall): readonly string[] {
  if (lost.includes('too high')) return ['excess'];
  if (lost === 'reasoning') {
    return carried.output === tokens.output ? ['reasoning_excluded'] : ['reasoning'];
  }
  const suffix = carried.input === tokens.input ? '_excluded' : '';
  if (lost === 'cache_read') return [`cache_read${suffix}`];
  if (carried.cache_write === undefined) return [`cache_write${suffix}`];
  return tokens.cache_write_1h === undefined ? [] : ['lifetime'];
}

/** True if the step has a span that names the model of the call, or as many spans as calls. */
function isSeen(capture: Capture, step: string, call: CapturedCall): boolean {
  const found = capture.steps.find(({ name }) => name === step);
  const text = JSON.stringify(found?.traces ?? {});
  return call.carriesModel !== 'none' || text.includes(call.requestModel);
}
