import type { ContentMessage, ContentPart } from './content.ts';
import { messageOf, partsOf, toolCall } from './content-parts.ts';
import { fieldOf, firstOf, isRecord, listOf, nameOf } from './wire-value.ts';

/** UTF-16 units that are kept of one answer; what follows is cut off. */
const LIMIT = 256 * 1024;

/** A piece of an answer that grows with the events of a stream. */
interface Block {
  kind: 'text' | 'reasoning' | 'tool_call';
  text: string;
  id?: unknown;
  name?: unknown;
}

/** Collects what a model wrote, from a whole body or from the events of a stream. Never throws; memory is bounded. */
export class OutputContent {
  #whole: readonly ContentMessage[] | undefined;
  readonly #choices = new Map<number, Map<string, Block>>();
  #length = 0;

  /** Takes a whole JSON body. */
  addBody(body: unknown): void {
    const messages = messagesOf(body);
    if (messages.length > 0) this.#whole = messages;
  }

  /** Takes one event of a stream. */
  addEvent(event: unknown): void {
    if (!isRecord(event)) return;
    // Everything again, whole.
    const response = firstOf(event, 'response');
    if (isRecord(response) && listOf(fieldOf(response, 'output')).length > 0) {
      this.addBody(response);
      return;
    }
    for (const choice of listOf(fieldOf(event, 'choices'))) this.#addChoice(choice);
    for (const candidate of listOf(fieldOf(event, 'candidates'))) this.#addCandidate(candidate);
    this.#addTyped(event);
    this.#addLoose(event);
  }

  /** The answers so far; `finishReasons` are those of the choices in their order. */
  messages(finishReasons: readonly string[]): readonly ContentMessage[] {
    const messages = this.#whole ?? this.#grown();
    return messages.map((message, index) => {
      const reason = message.finish_reason ?? finishReasons[index];
      return reason === undefined ? message : { ...message, finish_reason: reason };
    });
  }

  #grown(): readonly ContentMessage[] {
    return [...this.#choices.entries()]
      .sort(([left], [right]) => left - right)
      .map(([, blocks]) => ({ role: 'assistant', parts: [...blocks.values()].map(partOfBlock) }));
  }

  /** OpenAI chat and completions. */
  #addChoice(choice: unknown): void {
    const index = numberOf(fieldOf(choice, 'index'));
    const delta = firstOf(choice, 'delta');
    this.#grow(index, 'reasoning', firstOf(delta, 'reasoning_content', 'reasoning'));
    this.#grow(index, 'text', firstOf(delta, 'content', 'refusal') ?? firstOf(choice, 'text'));
    for (const call of listOf(firstOf(delta, 'tool_calls'))) {
      const target = firstOf(call, 'function', 'custom');
      const key = `tool ${numberOf(fieldOf(call, 'index'))}`;
      this.#name(index, key, fieldOf(call, 'id'), fieldOf(target, 'name'));
      this.#grow(index, key, firstOf(target, 'arguments', 'input'));
    }
  }

  /** Gemini: whole parts in every event. */
  #addCandidate(candidate: unknown): void {
    const index = numberOf(fieldOf(candidate, 'index'));
    for (const part of partsOf(fieldOf(fieldOf(candidate, 'content'), 'parts'))) {
      if (part.type === 'tool_call') {
        const key = `tool ${this.#choices.get(index)?.size ?? 0}`;
        this.#name(index, key, part.id, part.name);
        this.#grow(index, key, JSON.stringify(part.arguments ?? {}));
      } else if (part.type === 'text' || part.type === 'reasoning') {
        this.#grow(index, part.type, part.content);
      }
    }
  }

  /** Anthropic's and Bedrock's blocks, and the deltas of the responses API. */
  #addTyped(event: Readonly<Record<string, unknown>>): void {
    const delta = firstOf(event, 'delta') ?? firstOf(fieldOf(event, 'contentBlockDelta'), 'delta');
    if (typeof delta === 'string') {
      const isText = fieldOf(event, 'type') === 'response.output_text.delta';
      if (isText) this.#grow(0, 'text', delta);
      return;
    }
    const block = `${numberOf(firstOf(event, 'index', 'contentBlockIndex'))}`;
    const start =
      firstOf(event, 'content_block') ?? firstOf(fieldOf(event, 'start'), 'toolUse') ?? undefined;
    const id = firstOf(start, 'id', 'toolUseId');
    if (id !== undefined) this.#name(0, `tool ${block}`, id, fieldOf(start, 'name'));
    const input = firstOf(delta, 'partial_json') ?? firstOf(fieldOf(delta, 'toolUse'), 'input');
    if (input !== undefined) this.#grow(0, `tool ${block}`, input);
    this.#grow(
      0,
      'reasoning',
      firstOf(delta, 'thinking') ?? fieldOf(fieldOf(delta, 'reasoningContent'), 'text'),
    );
    this.#grow(
      0,
      'text',
      firstOf(delta, 'text') ?? fieldOf(fieldOf(fieldOf(delta, 'message'), 'content'), 'text'),
    );
  }

  /** Ollama, and models on Bedrock: a piece of text per event. */
  #addLoose(event: Readonly<Record<string, unknown>>): void {
    const message = fieldOf(event, 'message');
    this.#grow(0, 'reasoning', fieldOf(message, 'thinking'));
    const text = firstOf(event, 'generation', 'outputText', 'completion', 'response');
    const content = fieldOf(message, 'content');
    this.#grow(0, 'text', typeof content === 'string' ? content : text);
  }

  #grow(choice: number, key: string, text: unknown): void {
    if (typeof text !== 'string' || text === '' || this.#length >= LIMIT) return;
    const kept = text.slice(0, LIMIT - this.#length);
    this.#length += kept.length;
    this.#block(choice, key).text += kept;
  }

  #name(choice: number, key: string, id: unknown, name: unknown): void {
    const block = this.#block(choice, key);
    block.id ??= id;
    block.name ??= name;
  }

  #block(choice: number, key: string): Block {
    const blocks = this.#choices.get(choice) ?? new Map<string, Block>();
    if (this.#choices.size < 128) this.#choices.set(choice, blocks);
    const known = blocks.get(key);
    if (known !== undefined) return known;
    const kind = key === 'text' || key === 'reasoning' ? key : 'tool_call';
    const created: Block = { kind, text: '' };
    if (blocks.size < 128) blocks.set(key, created);
    return created;
  }
}

function partOfBlock({ kind, text, id, name }: Block): ContentPart {
  return kind === 'tool_call' ? toolCall(id, name, text) : { type: kind, content: text };
}

/** The answers of a whole body. */
function messagesOf(body: unknown): readonly ContentMessage[] {
  const choices = listOf(firstOf(body, 'choices', 'candidates'));
  if (choices.length > 0) return choices.flatMap(choiceMessage);
  const output = firstOf(body, 'output');
  const items = listOf(output);
  if (items.length > 0) {
    return [
      {
        role: 'assistant',
        parts: items.flatMap((item) => messageOf(item, 'assistant')?.parts ?? []),
      },
    ];
  }
  const item = firstOf(output, 'message') ?? firstOf(body, 'message');
  const message = isRecord(item) ? messageOf(item, 'assistant') : undefined;
  if (message !== undefined) return [message];
  const results = listOf(firstOf(body, 'results', 'outputs'));
  if (results.length > 0) return [{ role: 'assistant', parts: results.flatMap(partsOf) }];
  const content = firstOf(body, 'content', 'generation', 'completion', 'response', 'text');
  const parts = partsOf(content);
  return parts.length === 0 ? [] : [{ role: 'assistant', parts }];
}

function choiceMessage(choice: unknown): readonly ContentMessage[] {
  const item = firstOf(choice, 'message', 'content') ?? fieldOf(choice, 'text');
  const message = messageOf(item, 'assistant');
  if (message === undefined) return [];
  const reason = nameOf(firstOf(choice, 'finish_reason', 'finishReason'));
  return [reason === undefined ? message : { ...message, finish_reason: reason }];
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
