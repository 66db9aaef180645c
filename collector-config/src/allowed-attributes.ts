import {
  costCompat,
  FOREIGN_COUNTS,
  FOREIGN_TEXTS,
  genAi,
  general,
  providerSpecific,
  tokenmeter,
} from '@tokenmeter/semconv';

/** Families of names whose last part varies. */
const FAMILIES: readonly (readonly [string, readonly string[]])[] = [
  [
    'llm.token_count.',
    ['total', 'prompt_details.audio', 'prompt_details.cache_input', 'completion_details.audio'],
  ],
  [
    'llm.cost.',
    ['total', 'prompt', 'completion', 'prompt_details.cache_read', 'completion_details.output'],
  ],
  [
    'gen_ai.cost.',
    ['input_cost', 'output_cost', 'total_cost', 'input_tokens', 'output_tokens', 'total_tokens'],
  ],
  [
    'gen_ai.usage.',
    ['total_tokens', 'text.input_tokens', 'text.output_tokens', 'tool_use.input_tokens'],
  ],
  ['gen_ai.aggregated_usage.', ['input_tokens', 'output_tokens']],
  [
    'ai.usage.',
    ['totalTokens', 'inputTokenDetails.noCacheTokens', 'outputTokenDetails.textTokens'],
  ],
  [
    'ai.response.',
    ['finishReason', 'timestamp', 'msToFirstChunk', 'msToFinish', 'avgOutputTokensPerSecond'],
  ],
  [
    'gen_ai.openai.',
    ['request.service_tier', 'response.system_fingerprint', 'api_base', 'api_version'],
  ],
  ['gen_ai.agent.', ['id', 'version']],
  ['gen_ai.tool.', ['name', 'type', 'call.id']],
  ['gen_ai.request.', ['is_stream', 'reasoning_effort', 'encoding_formats']],
  ['aws.bedrock.', ['guardrail.id', 'knowledge_base.id', 'agent.id']],
  ['langfuse.', ['environment', 'release', 'version', 'observation.level']],
  ['langfuse.observation.', ['completion_start_time', 'prompt.name', 'prompt.version']],
  ['logfire.', ['span_type', 'level_num']],
  ['traceloop.', ['entity.name', 'entity.path', 'workflow.name', 'prompt.key', 'prompt.version']],
  ['http.', ['method', 'request.method', 'response.status_code', 'status_code']],
  ['server.', ['address', 'port']],
  ['network.', ['protocol.name', 'protocol.version', 'peer.address']],
  ['rpc.', ['system', 'service', 'method']],
  ['cloud.', ['region', 'provider']],
  ['aws.', ['request_id', 'region']],
  ['code.', ['function', 'lineno', 'filepath', 'function.name', 'file.path', 'line.number']],
  ['thread.', ['id', 'name']],
];

/** Single names that say nothing of what was written or answered. */
const NAMES: readonly string[] = [
  'gen_ai.system',
  'gen_ai.response.finish_reason',
  'gen_ai.workflow.name',
  'gen_ai.is_streaming',
  'gen_ai.data_source.id',
  'gen_ai.main_agent.name',
  'gen_ai.token.type',
  'openinference.span.kind',
  'operation.name',
  'operation.cost',
  'resource.name',
  'ai.telemetry.functionId',
  'ai.settings.maxRetries',
  'ai.settings.maxOutputTokens',
  'ai.settings.context',
  'ai.stream.msToFirstChunk',
  'llm.is_streaming',
  'llm.finish_reason',
  'agent_name',
  'model_name',
  'anthropic.request.id',
  'anthropic.message.stop_reason',
  'enduser.id',
  'user.tier',
  'peer.service',
  'url.scheme',
  'deployment.environment',
  'service.name',
  'sampling.priority',
];

/** Declared names that hold what was written or answered: in process they are opted into, here they never pass. */
const CONTENT: ReadonlySet<string> = new Set([
  genAi.inputMessages,
  genAi.outputMessages,
  genAi.systemInstructions,
  genAi.toolDefinitions,
]);

/**
 * The attributes that spans of language-model calls keep; every other one may hold what was written or answered. Names of
 * our own that the pipeline still needs begin with `tm`.
 */
export function allowedAttributes(): readonly string[] {
  const declared = [genAi, providerSpecific, general, tokenmeter, costCompat].flatMap((group) =>
    Object.values(group).filter((name) => !CONTENT.has(name)),
  );
  const foreign = [...Object.values(FOREIGN_COUNTS), ...Object.values(FOREIGN_TEXTS)].flat();
  const families = FAMILIES.flatMap(([start, ends]) => ends.map((end) => `${start}${end}`));
  const own = [
    '',
    '.priced',
    '.total',
    '.series',
    '.call',
    '.i',
    '.o',
    '.cr',
    '.cw',
    '.re',
    '.co',
    '.cre',
  ];
  const ours = own.map((name) => `tm${name}`);
  return [...new Set([...declared, ...foreign, ...families, ...NAMES, ...ours])].sort();
}
