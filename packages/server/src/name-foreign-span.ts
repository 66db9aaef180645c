import { genAi } from '@tokenmeter/semconv';
import type { Attributes, AttributeValue, ReceivedSpan } from './received-telemetry.ts';

const MLFLOW_KIND = 'mlflow.spanType';
const MLFLOW_MODEL = 'mlflow.llm.model';
const MLFLOW_PROVIDER = 'mlflow.llm.provider';
const MLFLOW_FORMAT = 'mlflow.message.format';
const MLFLOW_USAGE = 'mlflow.chat.tokenUsage';
const MLFLOW_ANSWER = 'mlflow.spanOutputs';
const LOGFIRE_REQUEST = 'request_data';
const LOGFIRE_TEMPLATE = 'logfire.msg_template';
const LANGSMITH_KIND = 'langsmith.span.kind';
const LANGSMITH_ANSWER = 'gen_ai.completion';
const OPENINFERENCE_KIND = 'openinference.span.kind';
const OPENINFERENCE_REQUEST = 'llm.invocation_parameters';

/** Attributes that names are read from, and that are not kept. */
export const FOREIGN_NAME_TEXTS: readonly string[] = [
  ...[MLFLOW_KIND, MLFLOW_MODEL, MLFLOW_PROVIDER, MLFLOW_FORMAT, MLFLOW_USAGE, MLFLOW_ANSWER],
  ...[LOGFIRE_REQUEST, LOGFIRE_TEMPLATE, LANGSMITH_KIND, LANGSMITH_ANSWER, OPENINFERENCE_REQUEST],
];

const MODEL = /"(?:model|model_name|model_version|modelVersion)": ?"([^"]+)"/;
const REQUESTED = /"model": ?"([^"]+)"/;
const RESPONSE_ID = /"(?:id|response_id|responseId)": ?"((?:chatcmpl-|resp_|msg_|gen-)[^"]+)"/;
const QUOTED = /^"?([^"]*)"?$/;

/** Names by their attribute; those that a span says itself stay. */
type Names = Readonly<Record<string, string | undefined>>;

function found(pattern: RegExp, value: AttributeValue | undefined): string | undefined {
  return typeof value === 'string' ? pattern.exec(value)?.[1] || undefined : undefined;
}

/** What an answer in JSON text says of itself. */
function namesOfAnswer(answer: AttributeValue | undefined): Names {
  return {
    [genAi.responseModel]: found(MODEL, answer),
    [genAi.responseId]: found(RESPONSE_ID, answer),
  };
}

/** MLflow writes JSON text, single words in quotes. */
function namesOfMlflow(attributes: Attributes): Names {
  const kind = found(QUOTED, attributes.get(MLFLOW_KIND)) ?? '';
  const operation = { CHAT_MODEL: 'chat', LLM: 'chat', EMBEDDING: 'embeddings' }[kind];
  // By the first word of a model's name, which may be a place.
  const isBedrock = found(QUOTED, attributes.get(MLFLOW_FORMAT)) === 'bedrock';
  return {
    [genAi.operationName]: operation,
    [genAi.providerName]: isBedrock
      ? 'aws.bedrock'
      : found(QUOTED, attributes.get(MLFLOW_PROVIDER)),
    [genAi.requestModel]: found(QUOTED, attributes.get(MLFLOW_MODEL)),
    ...(attributes.has(MLFLOW_USAGE) && namesOfAnswer(attributes.get(MLFLOW_ANSWER))),
  };
}

/** Logfire before 4, and 4 for Anthropic. */
function namesOfLogfire({ attributes, scopeName }: ReceivedSpan): Names {
  const model = found(REQUESTED, attributes.get(LOGFIRE_REQUEST));
  const isEmbedding = String(attributes.get(LOGFIRE_TEMPLATE) ?? '').startsWith('Embedding');
  const operation = model === undefined ? undefined : 'chat';
  return {
    [genAi.operationName]: isEmbedding ? 'embeddings' : operation,
    [genAi.requestModel]: model,
    ...(!attributes.has('gen_ai.system') && { [genAi.providerName]: scopeName.split('.')[1] }),
  };
}

/** OpenInference before it knew Responses. */
function namesOfOpeninference(attributes: Attributes): Names {
  const request = attributes.get(OPENINFERENCE_REQUEST) ?? attributes.get('input.value');
  return {
    ...namesOfAnswer(attributes.get('output.value')),
    [genAi.requestModel]: found(REQUESTED, request),
  };
}

function namesOf(span: ReceivedSpan): Names | undefined {
  const { attributes, scopeName } = span;
  if (attributes.has(MLFLOW_KIND)) return namesOfMlflow(attributes);
  const isUnnamed = !attributes.has(genAi.operationName) || !attributes.has(genAi.requestModel);
  if (isUnnamed && attributes.has(LOGFIRE_REQUEST) && scopeName.startsWith('logfire')) {
    return namesOfLogfire(span);
  }
  if (attributes.has(genAi.responseModel)) return undefined;
  // LangChain's answer says which model it was.
  if (attributes.get(LANGSMITH_KIND) === 'llm') {
    return namesOfAnswer(attributes.get(LANGSMITH_ANSWER));
  }
  const isModel = attributes.get(OPENINFERENCE_KIND) === 'LLM';
  return isModel && !attributes.has('llm.model_name')
    ? namesOfOpeninference(attributes)
    : undefined;
}

/**
 * The span with the conventions' names for what its library says in other places: MLflow, Logfire before 5, LangSmith,
 * OpenInference before it knew Responses. Any other span comes back as it is. Never throws.
 */
export function nameForeignSpan(span: ReceivedSpan): ReceivedSpan {
  const names = namesOf(span);
  if (names === undefined) return span;
  const attributes = new Map(span.attributes);
  for (const [key, name] of Object.entries(names)) {
    if (name !== undefined && !attributes.has(key)) attributes.set(key, name);
  }
  return { ...span, attributes };
}
