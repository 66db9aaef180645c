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

/** Tools of all APIs: flat, in `function`, in `functionDeclarations`, in `toolConfig.tools[].toolSpec`. */
function toolsOf(body: object): readonly ToolDefinition[] {
  const tools = listOf(
    firstOf(body, 'tools') ?? firstOf(fieldOf(body, 'toolConfig'), 'tools') ?? [],
  );
  return tools.flatMap((tool) => {
    const declared = firstOf(tool, 'functionDeclarations', 'function_declarations');
    const several = declared === undefined ? [tool] : listOf(declared);
    return several.map((each) => definitionOf(each, fieldOf(tool, 'type')));
  });
}

function definitionOf(tool: unknown, type: unknown): ToolDefinition {
  const inner = firstOf(tool, 'function', 'toolSpec') ?? tool;
  const schema = firstOf(
    inner,
    'parameters',
    'input_schema',
    'inputSchema',
    'parametersJsonSchema',
  );
  const description = fieldOf(inner, 'description');
  const kind = nameOf(type) ?? 'function';
  return {
    type: kind === 'custom' ? 'function' : kind,
    name: nameOf(fieldOf(inner, 'name')) ?? kind,
    ...present({
      description: typeof description === 'string' ? description : undefined,
      parameters: firstOf(schema, 'json') ?? schema,
    }),
  };
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
