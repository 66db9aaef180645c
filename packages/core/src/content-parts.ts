import type { ContentMessage, ContentPart } from './content.ts';
import { fieldOf, firstOf, isRecord, listOf, nameOf, parseJson, present } from './wire-value.ts';

/** Parts of a message's content, whatever the API: a text, or a list of typed pieces. Never throws. */
export function partsOf(content: unknown): readonly ContentPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', content }];
  if (Array.isArray(content)) return content.flatMap(partsOf);
  // A mark for the cache is no content.
  if (!isRecord(content) || content.cachePoint !== undefined) return [];
  return [toolPart(content) ?? textPart(content) ?? otherPart(content)];
}

/**
 * Calls of tools as OpenAI keeps them beside the content: `[{ id, function: { name, arguments } }]`, or
 * `[{ id, custom: { name, input } }]`.
 */
function toolCallsOf(calls: unknown): readonly ContentPart[] {
  return listOf(calls).map((call) => {
    const target = firstOf(call, 'function', 'custom') ?? call;
    return toolCall(
      fieldOf(call, 'id'),
      fieldOf(target, 'name'),
      firstOf(target, 'arguments', 'input'),
    );
  });
}

/** A message of any API; undefined for what is none. */
export function messageOf(item: unknown, fallbackRole: string): ContentMessage | undefined {
  if (typeof item === 'string') return { role: fallbackRole, parts: partsOf(item) };
  if (!isRecord(item)) return undefined;
  const role = conventionalRole(nameOf(item.role) ?? roleOf(nameOf(item.type)) ?? fallbackRole);
  const answered = firstOf(item, 'tool_call_id');
  const content = firstOf(item, 'content', 'parts', 'message', 'text', 'refusal');
  if (answered !== undefined) {
    return { role, parts: [toolResponse(answered, content)] };
  }
  const reasoning = partsOf(firstOf(item, 'reasoning_content')).map(asReasoning);
  // An item of the responses API is its own only part.
  const parts = content === undefined && item.type !== undefined ? partsOf(item) : partsOf(content);
  return { role, parts: [...reasoning, ...parts, ...toolCallsOf(firstOf(item, 'tool_calls'))] };
}

/** A call of a tool; arguments that are JSON text are told as what they say. */
export function toolCall(id: unknown, name: unknown, input: unknown): ContentPart {
  const parsed = typeof input === 'string' ? (parseJson(input) ?? input) : input;
  return {
    type: 'tool_call',
    name: nameOf(name) ?? '',
    ...present({ id: nameOf(id), arguments: parsed ?? undefined }),
  };
}

/** What a tool said: a value of its own, or pieces of content, pictures among them. */
function toolResponse(id: unknown, said: unknown): ContentPart {
  const response = Array.isArray(said) ? said.flatMap(responsePartsOf) : (said ?? null);
  return { type: 'tool_call_response', response, ...present({ id: nameOf(id) }) };
}

/** Bedrock marks a tool's own values with `json`. */
function responsePartsOf(piece: unknown): readonly unknown[] {
  const json = firstOf(piece, 'json');
  return json === undefined ? partsOf(piece) : [json];
}

/** Gemini calls the model `model`; the conventions know an assistant. */
function conventionalRole(role: string): string {
  return role === 'model' ? 'assistant' : role;
}

/** Who wrote an item of the responses API that names nobody: `function_call`, `custom_tool_call_output`, … */
function roleOf(type: string | undefined): string | undefined {
  if (type === 'reasoning' || type?.endsWith('_call') === true) return 'assistant';
  return type?.endsWith('_call_output') === true ? 'tool' : undefined;
}

/** Tool calls and their answers: Anthropic, OpenAI responses, Bedrock, Gemini. */
function toolPart(item: Readonly<Record<string, unknown>>): ContentPart | undefined {
  switch (fieldOf(item, 'type')) {
    case 'tool_use':
    case 'server_tool_use':
      return toolCall(item.id, item.name, item.input);
    case 'tool_result':
      return toolResponse(item.tool_use_id, item.content);
    case 'function_call':
      return toolCall(item.call_id, item.name, item.arguments);
    case 'custom_tool_call':
      return toolCall(item.call_id, item.name, item.input);
    case 'function_call_output':
    case 'custom_tool_call_output':
      return toolResponse(item.call_id, item.output);
    default:
      return nestedToolPart(item);
  }
}

function nestedToolPart(item: Readonly<Record<string, unknown>>): ContentPart | undefined {
  const use = firstOf(item, 'toolUse');
  if (use !== undefined) {
    return toolCall(fieldOf(use, 'toolUseId'), fieldOf(use, 'name'), fieldOf(use, 'input'));
  }
  const result = firstOf(item, 'toolResult');
  if (result !== undefined) {
    return toolResponse(fieldOf(result, 'toolUseId'), fieldOf(result, 'content'));
  }
  const call = firstOf(item, 'functionCall');
  if (call !== undefined) {
    return toolCall(fieldOf(call, 'id'), fieldOf(call, 'name'), fieldOf(call, 'args'));
  }
  const answer = firstOf(item, 'functionResponse');
  if (answer === undefined) return undefined;
  return toolResponse(fieldOf(answer, 'id'), fieldOf(answer, 'response'));
}

function textPart(item: Readonly<Record<string, unknown>>): ContentPart | undefined {
  const thinking =
    firstOf(item, 'thinking') ?? firstOf(fieldOf(item, 'reasoningContent'), 'reasoningText');
  const thought = typeof thinking === 'string' ? thinking : fieldOf(thinking, 'text');
  if (typeof thought === 'string') return { type: 'reasoning', content: thought };
  if (item.type === 'reasoning') {
    const words = listOf(item.summary).map((each) => fieldOf(each, 'text'));
    const content = words.filter((each) => typeof each === 'string').join('\n');
    return { type: 'reasoning', content };
  }
  const text = firstOf(item, 'text', 'refusal', 'outputText');
  if (typeof text !== 'string') return undefined;
  return { type: item.thought === true ? 'reasoning' : 'text', content: text };
}

function asReasoning(part: ContentPart): ContentPart {
  return part.type === 'text' ? { type: 'reasoning', content: part.content } : part;
}

/** Pictures, sound, files: told, not shown. */
function otherPart(item: Readonly<Record<string, unknown>>): ContentPart {
  const kind = nameOf(item.type) ?? Object.keys(item)[0] ?? 'unknown';
  return { type: 'media', media_type: kind };
}
