import type { ContentMessage, ContentPart, InputContent, ToolDefinition } from './content.ts';
import { messageOf, partsOf } from './content-parts.ts';
import { fieldOf, firstOf, isRecord, listOf, nameOf, parseJson, present } from './wire-value.ts';

/**
 * What a request gives to a model, in the form of the GenAI conventions: OpenAI, Anthropic, Gemini, Bedrock, Cohere, Ollama
 * and everything that looks like them. Empty for a body that is not a JSON object. Never throws.
 */
export function inputContentOf(bodyText: string): InputContent {
  const body = parseJson(bodyText);
  if (!isRecord(body)) return {};
  return present({
    messages: unlessEmpty(messagesOf(body)),
    systemInstructions: unlessEmpty(systemOf(body)),
    tools: unlessEmpty(toolsOf(body)),
  });
}

function messagesOf(body: object): readonly ContentMessage[] {
  const turns = firstOf(body, 'messages', 'contents', 'input', 'prompt', 'inputText');
  const earlier = listOf(firstOf(body, 'chat_history'));
  const last = firstOf(body, 'message');
  const list = Array.isArray(turns) ? turns : [turns];
  return [...earlier, ...list, last].flatMap((item) => messageOf(item, 'user') ?? []);
}

function systemOf(body: object): readonly ContentPart[] {
  const system = firstOf(
    body,
    'system',
    'instructions',
    'systemInstruction',
    'system_instruction',
    'preamble',
  );
  const parts = partsOf(fieldOf(system, 'parts') ?? system);
  return parts.filter(({ type }) => type === 'text');
}

/** Tools of all APIs: flat, in `function` or `custom`, in `functionDeclarations`, in `toolConfig.tools[].toolSpec`. */
function toolsOf(body: object): readonly ToolDefinition[] {
  const tools = listOf(
    firstOf(body, 'tools') ?? firstOf(fieldOf(body, 'toolConfig'), 'tools') ?? [],
  );
  return tools.flatMap((tool) => {
    const declared = firstOf(tool, 'functionDeclarations', 'function_declarations');
    const several = declared === undefined ? [tool] : listOf(declared);
    return several.flatMap((each) => definitionOf(each, nameOf(fieldOf(tool, 'type'))) ?? []);
  });
}

/** Undefined for what is no tool: Bedrock has marks for the cache among them. */
function definitionOf(tool: unknown, type: string | undefined): ToolDefinition | undefined {
  if (firstOf(tool, 'cachePoint') !== undefined) return undefined;
  const inner = firstOf(tool, 'function', 'custom', 'toolSpec') ?? tool;
  const schema = firstOf(
    inner,
    'parameters',
    'input_schema',
    'inputSchema',
    'parametersJsonSchema',
  );
  const name = nameOf(firstOf(inner, 'name', 'server_label'));
  const kind = type ?? (name === undefined ? soleKeyOf(tool) : undefined) ?? 'function';
  const description = fieldOf(inner, 'description');
  return {
    // Anthropic's own word for functions, and OpenAI's for tools that take any text.
    type: kind === 'custom' && schema !== undefined ? 'function' : kind,
    name: name ?? kind,
    ...present({
      description: typeof description === 'string' ? description : undefined,
      parameters: firstOf(schema, 'json') ?? schema,
    }),
  };
}

/** Gemini names its own tools by their key: `{ googleSearch: {} }`. */
function soleKeyOf(tool: unknown): string | undefined {
  return isRecord(tool) ? nameOf(Object.keys(tool)[0]) : undefined;
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
