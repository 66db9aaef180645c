import { decodeBase64 } from './decode-base64.ts';
import { writtenBytesOf } from './estimate-usage.ts';
import { type EventStreamMessage, EventStreamReader } from './event-stream-reader.ts';
import { JsonValuesReader } from './json-values-reader.ts';
import type { Protocol } from './protocol.ts';
import type { ResponseDraft } from './response-draft.ts';
import { scanFirst, scanLast } from './scan-json.ts';
import type { Skim } from './skim-chunks.ts';
import { type SseData, SseReader } from './sse-reader.ts';
import { WindowedText } from './windowed-text.ts';
import { fieldOf, isRecord, type JsonRecord, parseJson } from './wire-value.ts';

/** Cuts a body into JSON values and lets a protocol read them into a draft. */
export interface BodyReader {
  push(text: string): void;
  /** Reads what is still unfinished; may be called again and again. */
  flush(): void;
}

/** What reads, and where it writes. */
export interface Reading {
  readonly protocol: Protocol;
  readonly draft: ResponseDraft;
}

/** Reads a body that is one JSON value. */
export function createJsonReader({ protocol, draft }: Reading): BodyReader {
  const body = new WindowedText();
  const usageBefore = draft.usage;
  let readLength = -1;
  return {
    push(text: string): void {
      body.append(text);
    },
    flush(): void {
      if (readLength === body.length) return;
      readLength = body.length;
      if (body.isWindowed) {
        draft.usage = usageBefore;
        draft.writtenBytes = undefined;
        draft.problems.delete(NOT_JSON);
        readWindows({ protocol, draft }, body.windows());
        return;
      }
      const whole = parseJson(body.whole());
      draft.isComplete = whole !== undefined;
      if (whole === undefined) draft.problems.add(NOT_JSON);
      else draft.problems.delete(NOT_JSON);
      if (!isRecord(whole)) return;
      protocol.readBody(draft, whole);
      draft.output?.addBody(whole);
      if (draft.writtenBytes !== undefined) draft.writtenBytes = writtenBytesOf(whole);
    },
  };
}

/** Word for a body that is no JSON, or not yet: it may still be on its way. */
export const NOT_JSON = 'body_not_json';

interface Windows {
  readonly head: string;
  readonly tail: string;
}

function readWindows({ protocol, draft }: Reading, { head, tail }: Windows): void {
  draft.isComplete = tail.trimEnd().endsWith('}');
  draft.problems.delete('body_too_large');
  protocol.readBody(draft, membersOf(protocol, head, tail));
  if (draft.usage === undefined) draft.problems.add('body_too_large');
}

/** Members that stand near the end of a body; all others are looked for from the front. */
const LATE_MEMBERS: ReadonlySet<string> = new Set([
  'meta',
  'providerMetadata',
  'service_tier',
  'serviceTier',
  'usage',
  'usageMetadata',
]);

/** Members found in the two ends of a text that was too large to keep. */
function membersOf(protocol: Protocol, head: string, tail: string): JsonRecord {
  const members: Record<string, unknown> = {};
  for (const key of protocol.responseKeys) {
    const value = LATE_MEMBERS.has(key)
      ? (scanLast(tail, key, isReported) ?? scanFirst(head, key, isReported))
      : (scanFirst(head, key, isReported) ?? scanLast(tail, key, isReported));
    if (value !== undefined) members[key] = value;
  }
  return members;
}

function isReported(value: unknown): boolean {
  return value !== null;
}

/** Reads server-sent events. */
export function createSseReader(reading: Reading): BodyReader {
  const { protocol, draft } = reading;
  // Whoever counts or keeps what the model wrote needs every event.
  const isSkimmed = draft.writtenBytes === undefined && draft.output === undefined;
  const skim = isSkimmed
    ? (text: string): Skim | undefined => protocol.skim?.(draft, text)
    : undefined;
  return new SseReader((data) => readEvent(reading, data), skim);
}

/** Reads JSON objects in a row: NDJSON, or the items of one array. */
export function createValuesReader(reading: Reading): BodyReader {
  const reader = new JsonValuesReader((value) =>
    readEvent(reading, { event: '', isTentative: false, ...value }),
  );
  return {
    push(text: string): void {
      reader.push(text);
    },
    flush(): void {
      // An object that has not ended tells nothing.
    },
  };
}

/** Reads an AWS event stream from bytes. */
export function createEventStreamReader(reading: Reading): (chunk: Uint8Array) => void {
  const reader = new EventStreamReader(
    (message) => readMessage(reading, message),
    (problem) => reading.draft.problems.add(problem),
  );
  return (chunk) => reader.push(chunk);
}

function readMessage(reading: Reading, message: EventStreamMessage): void {
  const type = message.headers.get(':message-type');
  if (type === 'exception' || type === 'error') {
    const name = message.headers.get(':exception-type') ?? message.headers.get(':error-code');
    reading.draft.fail({ type: name });
    reading.draft.isComplete = true;
    return;
  }
  const event = message.headers.get(':event-type') ?? '';
  readEvent(reading, {
    event,
    isTentative: false,
    // Most events are never looked into: their text is not even made.
    get text(): string {
      return event === 'chunk' ? chunkText(message.payload()) : message.payload();
    },
  });
}

/** Invoked models stream `{ "bytes": base64 }`, and in it their own JSON. */
function chunkText(payload: string): string {
  const bytes = fieldOf(parseJson(payload), 'bytes');
  return typeof bytes === 'string' ? (decodeBase64(bytes) ?? '') : '';
}

/** Counts what the model wrote. An event too large to keep makes the count unknown. */
function measureEvent(draft: ResponseDraft, { text, tail, isTentative }: SseData): void {
  if (isTentative || draft.writtenBytes === undefined) return;
  if (tail === undefined) draft.writtenBytes += writtenBytesOf(parseJson(text));
  else draft.writtenBytes = undefined;
}

function readEvent({ protocol, draft }: Reading, data: SseData): void {
  if (!data.isTentative) draft.eventCount += 1;
  if (draft.writtenBytes !== undefined) measureEvent(draft, data);
  if (draft.output !== undefined && !data.isTentative) draft.output.addEvent(parseJson(data.text));
  if (!protocol.wantsEvent(draft, data)) return;
  if (data.tail !== undefined) {
    protocol.readEvent(draft, membersOf(protocol, data.text, data.tail), data.event);
    return;
  }
  const event = parseJson(data.text);
  if (isRecord(event)) protocol.readEvent(draft, event, data.event);
  else if (!data.isTentative) draft.problems.add('event_not_json');
}
