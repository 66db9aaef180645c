import type { OperationName, Usage } from './call-record.ts';

/**
 * UTF-8 bytes of one token. Measured on 2026-11-21 with o200k_base, OpenAI's encoding since gpt-4o, over 60 to 140 KB each:
 * English prose 4.1 to 5.0, Markdown 4.6, German 4.3, French 4.4, Spanish 4.5, Portuguese 4.5, Italian 4.1, Polish 3.6,
 * Czech 3.4, Turkish 3.7, Russian 6.8, Japanese 4.1, Korean 4.1, simplified Chinese 3.6, traditional Chinese 3.0, TypeScript
 * 3.8, JSON 3.2. So an estimate is within a quarter of the truth but for Russian, which it overstates by two thirds. Bytes
 * vary far less between languages than characters do (1.4 to 5.0 a token).
 */
const BYTES_PER_TOKEN = 4;

/** Deeper than any prompt; what is nested further is not counted. */
const MAX_DEPTH = 24;

/** Members that hold no text for or from a model: names, kinds, encrypted or encoded data, addresses. */
const SILENT: ReadonlySet<string> = new Set([
  'b64_json',
  'bytes',
  'cache_control',
  'call_id',
  'data',
  'encrypted_content',
  'file_data',
  'file_id',
  'fileData',
  'id',
  'image_url',
  'images',
  'inlineData',
  'item_id',
  'logprobs',
  'role',
  'signature',
  'source',
  'tool_call_id',
  'tool_use_id',
  'type',
  'url',
]);

/** Members of a request that become the prompt, in the words of all APIs. */
const PROMPT: readonly string[] = [
  'chat_history',
  'contents',
  'documents',
  'input',
  'inputText',
  'inputs',
  'instructions',
  'message',
  'messages',
  'preamble',
  'prompt',
  'suffix',
  'system',
  'systemInstruction',
  'system_instruction',
  'texts',
];

/** Members of a response, at any depth, that hold what the model wrote. */
const WRITTEN: ReadonlySet<string> = new Set([
  'args',
  'arguments',
  'completion',
  'content',
  'delta',
  'generation',
  'input',
  'outputText',
  'partial_json',
  'reasoning',
  'reasoningText',
  'reasoning_content',
  'refusal',
  'response',
  'text',
  'thinking',
  'tool_plan',
]);

const TEXT_OPERATIONS: ReadonlySet<OperationName> = new Set([
  'chat',
  'text_completion',
  'generate_content',
]);

/** UTF-8 bytes of the text that a request gives to a model; undefined for a body that is not a JSON object. Never throws. */
export function promptBytesOf(body: unknown): number | undefined {
  if (!isObject(body)) return undefined;
  let bytes = 0;
  for (const member of PROMPT) if (Object.hasOwn(body, member)) bytes += allText(body[member], 0);
  // Tools are told to a model as their schema.
  const tools = Object.hasOwn(body, 'tools') ? body.tools : undefined;
  return bytes + (tools === undefined ? 0 : utf8Length(JSON.stringify(tools) ?? ''));
}

/** UTF-8 bytes of what a model wrote into one body, or one event of a stream. Never throws. */
export function writtenBytesOf(value: unknown): number {
  return isRepetition(value) ? 0 : writtenText(value, 0);
}

/** Tokens of a call whose provider reported none; missing where its operation has no text to count. */
export function estimateUsage(
  operation: OperationName,
  promptBytes: number,
  writtenBytes: number,
): Usage {
  const tokens = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN);
  if (operation === 'embeddings') return estimated({ input: tokens(promptBytes) });
  if (!TEXT_OPERATIONS.has(operation)) return { kind: 'missing' };
  return estimated({ input: tokens(promptBytes), output: tokens(writtenBytes) });
}

function estimated(tokens: { readonly input: number; readonly output?: number }): Usage {
  return { kind: 'reported', tokens, requests: {}, raw: undefined, isEstimated: true };
}

/** The responses API says everything again when an item is done, and when the response is. */
function isRepetition(value: unknown): boolean {
  const type = isObject(value) && Object.hasOwn(value, 'type') ? value.type : undefined;
  return typeof type === 'string' && type.startsWith('response.') && !type.endsWith('.delta');
}

function writtenText(value: unknown, depth: number): number {
  if (depth > MAX_DEPTH) return 0;
  if (Array.isArray(value)) return sum(value, (item) => writtenText(item, depth + 1));
  if (!isObject(value)) return 0;
  return sum(Object.entries(value), ([key, member]) => {
    if (SILENT.has(key)) return 0;
    const isText = typeof member === 'string' || isListOfTexts(member);
    if (key === 'args' || key === 'input' || (WRITTEN.has(key) && isText)) {
      return allText(member, depth + 1);
    }
    return writtenText(member, depth + 1);
  });
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === 'string';
}

function allText(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.startsWith('data:') ? 0 : utf8Length(value);
  if (depth > MAX_DEPTH) return 0;
  if (Array.isArray(value)) return sum(value, (item) => allText(item, depth + 1));
  if (!isObject(value)) return 0;
  return sum(Object.entries(value), ([key, member]) =>
    SILENT.has(key) ? 0 : allText(member, depth + 1),
  );
}

function sum<T>(items: readonly T[], measure: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += measure(item);
  return total;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    // Either half of a pair has two of its four bytes.
    const isHalf = unit >= 0xd800 && unit <= 0xdfff;
    bytes += unit < 0x800 || isHalf ? 1 : 2;
  }
  return bytes;
}
