import type {
  DecodedRequest,
  DecodedResponse,
  Endpoint,
  ResponseDecoder,
  ResponseHead,
} from './decoder.ts';
import type { Protocol } from './protocol.ts';
import { protocolOf } from './protocol-of.ts';
import { ResponseDraft } from './response-draft.ts';
import { scanFirst, scanLast } from './scan-json.ts';
import { type SseData, SseReader } from './sse-reader.ts';
import { WindowedText } from './windowed-text.ts';
import { isRecord, type JsonRecord, parseJson, present } from './wire-value.ts';

/** One way to cut a body into JSON values. */
interface BodyReader {
  push(text: string): void;
  /** Reads what is still unfinished into the draft; may be called again and again. */
  flush(): void;
}

/**
 * Creates the decoder of one response.
 *
 * JSON or server-sent events are told apart by the first character and the content type, because gateways mislabel
 * both. Memory is bounded by 1 MiB plus two windows, whatever the body. Never throws.
 */
export function createResponseDecoder(
  endpoint: Endpoint,
  head: ResponseHead,
  _request: DecodedRequest,
): ResponseDecoder {
  const protocol = protocolOf(endpoint.api);
  const draft = new ResponseDraft();
  let reader: BodyReader | undefined;
  return {
    push(text: string): void {
      if (protocol === undefined) return;
      reader ??= chooseReader(text, head, { protocol, draft });
      reader?.push(text);
    },
    result(): DecodedResponse {
      reader?.flush();
      return describe(draft, endpoint, protocol);
    },
  };
}

interface Reading {
  readonly protocol: Protocol;
  readonly draft: ResponseDraft;
}

/** Undefined while only white space came, which neither format minds losing. */
function chooseReader(text: string, head: ResponseHead, reading: Reading): BodyReader | undefined {
  const first = /\S/.exec(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)?.[0];
  if (first === undefined) return undefined;
  if (first === '{' || first === '[') return createJsonReader(reading);
  const contentType = head.contentType ?? '';
  const isEvents =
    contentType.includes('event-stream') || (head.statusCode < 400 && ':dei'.includes(first));
  return isEvents ? createSseReader(reading) : createJsonReader(reading);
}

function createJsonReader({ protocol, draft }: Reading): BodyReader {
  const body = new WindowedText();
  let readLength = -1;
  return {
    push(text: string): void {
      body.append(text);
    },
    flush(): void {
      if (readLength === body.length) return;
      readLength = body.length;
      if (body.isWindowed) {
        const { head, tail } = body.windows();
        readWindows({ protocol, draft }, head, tail);
        return;
      }
      const whole = parseJson(body.whole());
      draft.isComplete = whole !== undefined;
      if (isRecord(whole)) protocol.readBody(draft, whole);
    },
  };
}

function readWindows({ protocol, draft }: Reading, head: string, tail: string): void {
  draft.isComplete = tail.trimEnd().endsWith('}');
  protocol.readBody(draft, membersOf(protocol, head, tail));
  if (draft.usage === undefined) draft.problems.add('body_too_large');
}

/** Members found in the two ends of a text that was too large to keep: names in front, usage mostly at the end. */
function membersOf(protocol: Protocol, head: string, tail: string): JsonRecord {
  const members: Record<string, unknown> = {};
  for (const key of protocol.responseKeys) {
    const value =
      key === 'usage' || key === 'service_tier' || key === 'usageMetadata'
        ? (scanLast(tail, key, isReported) ?? scanFirst(head, key, isReported))
        : (scanFirst(head, key, isReported) ?? scanLast(tail, key, isReported));
    if (value !== undefined) members[key] = value;
  }
  return members;
}

function isReported(value: unknown): boolean {
  return value !== null;
}

function createSseReader({ protocol, draft }: Reading): BodyReader {
  const reader = new SseReader((data) => readEvent({ protocol, draft }, data));
  return {
    push(text: string): void {
      reader.push(text);
    },
    flush(): void {
      reader.flush();
    },
  };
}

function readEvent({ protocol, draft }: Reading, data: SseData): void {
  if (!data.isTentative) draft.eventCount += 1;
  if (!protocol.wantsEvent(draft, data)) return;
  if (data.tail !== undefined) {
    protocol.readEvent(draft, membersOf(protocol, data.text, data.tail), data.event);
    return;
  }
  const event = parseJson(data.text);
  if (isRecord(event)) protocol.readEvent(draft, event, data.event);
  else if (!data.isTentative) draft.problems.add('event_not_json');
}

function describe(
  draft: ResponseDraft,
  endpoint: Endpoint,
  protocol: Protocol | undefined,
): DecodedResponse {
  const usage = protocol?.readUsage(draft, endpoint) ?? { kind: 'missing' };
  const reasons = draft.finishReasons;
  return {
    ...present({
      model: draft.model,
      responseId: draft.responseId,
      finishReasons: reasons.length > 0 ? reasons : undefined,
      systemFingerprint: draft.systemFingerprint,
      errorType: draft.errorType,
    }),
    isComplete: draft.isComplete,
    usage,
    modifiers: { ...endpoint.modifiers, ...draft.modifiers },
    problems:
      usage.kind === 'inconsistent' ? [...draft.problems, usage.problem] : [...draft.problems],
  };
}
