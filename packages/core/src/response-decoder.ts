import {
  type BodyReader,
  createEventStreamReader,
  createJsonReader,
  createSseReader,
  createValuesReader,
  NOT_JSON,
  type Reading,
} from './body-readers.ts';
import type { ResponseJob, Usage } from './call-record.ts';
import type {
  DecodedRequest,
  DecodedResponse,
  Endpoint,
  ResponseDecoder,
  ResponseHead,
} from './decoder.ts';
import { estimateUsage } from './estimate-usage.ts';
import { mediaKind } from './media-kind.ts';
import { OutputContent } from './output-content.ts';
import type { Protocol } from './protocol.ts';
import { protocolOf } from './protocol-of.ts';
import { withHeaderCost } from './provider-cost.ts';
import { ResponseDraft, UNNAMED_ERROR } from './response-draft.ts';
import { present } from './wire-value.ts';

/**
 * What the names of all further headers begin with that are read of an endpoint's responses, in lower case: Bedrock puts the
 * token counts of some models, the tier and the name of an error there and nowhere else, Gemini the tier, LiteLLM the cost.
 */
export function headerPrefixOf({ provider }: Endpoint): string {
  return PREFIXES.get(provider) ?? 'x-amzn-';
}

const PREFIXES: ReadonlyMap<string, string> = new Map([
  ['litellm', 'x-litellm-'],
  ['gcp.gemini', 'x-gemini-'],
]);

/**
 * Creates the decoder of one response.
 *
 * JSON, rows of JSON objects and server-sent events are told apart by the first character and the content type, because
 * gateways mislabel them. AWS event streams and generated media are known by their content type alone and take bytes.
 * Memory is bounded by 1 MiB plus two windows, whatever the body. Never throws.
 */
export function createResponseDecoder(
  endpoint: Endpoint,
  head: ResponseHead,
  request: DecodedRequest,
): ResponseDecoder {
  const protocol = protocolOf(endpoint.api);
  const draft = new ResponseDraft();
  if (request.promptBytes !== undefined) draft.writtenBytes = 0;
  if (request.content !== undefined) draft.output = new OutputContent();
  const described: Described = { draft, endpoint, head, request };
  if (protocol === undefined) {
    return { push: ignore, result: () => describe(described, protocol) };
  }
  protocol.readHead?.(draft, head);
  const pushBytes = createByteReader({ protocol, draft }, head);
  if (pushBytes === undefined) return new TextBodyDecoder({ protocol, draft }, described);
  return {
    push: () => void draft.problems.add('bytes_expected'),
    pushBytes,
    result: () => describe(described, protocol),
  };
}

function ignore(): void {
  // A call without a wire format has nothing to read.
}

function createByteReader(
  reading: Reading,
  { contentType }: ResponseHead,
): ((chunk: Uint8Array) => void) | undefined {
  const { isEventStream, isMedia } = mediaKind(contentType);
  if (isEventStream) return createEventStreamReader(reading);
  if (!isMedia) return undefined;
  reading.draft.isComplete = true;
  return ignore;
}

class TextBodyDecoder implements ResponseDecoder {
  readonly #reading: Reading;
  readonly #described: Described;
  #reader: BodyReader | undefined;

  constructor(reading: Reading, described: Described) {
    this.#reading = reading;
    this.#described = described;
  }

  push(text: string): void {
    if (this.#reader !== undefined) {
      this.#reader.push(text);
      return;
    }
    // White space in front matters to no format; a byte order mark would be an error in JSON.
    const start = text.trimStart();
    if (start === '') return;
    this.#reader = chooseReader(start, this.#described.head, this.#reading);
    this.#reader.push(start);
  }

  result(): DecodedResponse {
    this.#reader?.flush();
    return describe(this.#described, this.#reading.protocol);
  }
}

function chooseReader(start: string, head: ResponseHead, reading: Reading): BodyReader {
  const first = start.charAt(0);
  const { format } = reading.protocol;
  // Cohere's first API streams rows of JSON objects, and only its content type says so.
  const isRow = format === 'values' || head.contentType?.includes('stream+json') === true;
  if (first === '{') return isRow ? createValuesReader(reading) : createJsonReader(reading);
  if (first === '[')
    return format === undefined ? createJsonReader(reading) : createValuesReader(reading);
  const isNamedEvents = head.contentType?.includes('event-stream') === true;
  const isEvents = isNamedEvents || (head.statusCode < 400 && ':dei'.includes(first));
  return isEvents ? createSseReader(reading) : createJsonReader(reading);
}

interface Described {
  readonly draft: ResponseDraft;
  readonly endpoint: Endpoint;
  readonly head: ResponseHead;
  readonly request: DecodedRequest;
}

function describe(
  { draft, endpoint, head, request }: Described,
  protocol: Protocol | undefined,
): DecodedResponse {
  const read = protocol?.readUsage(draft, endpoint) ?? { kind: 'missing' };
  const reported = withHeaderCost(draft, endpoint, head, read);
  const job = jobOf(draft, endpoint, request);
  const usage =
    reported.kind === 'missing' && job?.state !== 'running'
      ? estimateOf({ draft, endpoint, head, request })
      : reported;
  const reasons = draft.finishReasons;
  return {
    ...present({
      model: draft.model,
      responseId: endpoint.responseId ?? draft.responseId,
      finishReasons: reasons.length > 0 ? reasons : undefined,
      systemFingerprint: draft.systemFingerprint,
      errorType: errorTypeOf(draft, head),
      output: draft.output?.messages(reasons),
      job,
    }),
    isComplete: draft.isComplete,
    usage,
    modifiers: { ...endpoint.modifiers, ...draft.modifiers },
    problems: problemsOf(draft, head, usage),
  };
}

const NO_PROBLEMS: readonly string[] = [];

/** Errors come as pages and words, and some answers are plain text by request: those need not be JSON. */
function problemsOf(
  { problems }: ResponseDraft,
  { statusCode, contentType = 'json' }: ResponseHead,
  usage: Usage,
): readonly string[] {
  if (problems.size === 0 && usage.kind !== 'inconsistent') return NO_PROBLEMS;
  const mustBeJson = statusCode < 400 && contentType.includes('json');
  const all = [...problems].filter((problem) => mustBeJson || problem !== NOT_JSON);
  return usage.kind === 'inconsistent' ? [...all, usage.problem] : all;
}

/** An estimate where it was asked for, and the answer is no error. */
function estimateOf({ draft, endpoint, head, request }: Described): Usage {
  const { promptBytes } = request;
  const { writtenBytes, errorType } = draft;
  const isError = head.statusCode >= 400 || errorType !== undefined;
  if (promptBytes === undefined || writtenBytes === undefined || isError) {
    return { kind: 'missing' };
  }
  return estimateUsage(endpoint.operation, promptBytes, writtenBytes);
}

/** An answer about a response that other answers may be about, too; undefined where this one is all there is. */
function jobOf(
  { jobState, isBackground, finishedEpochMs }: ResponseDraft,
  { operation }: Endpoint,
  request: DecodedRequest,
): ResponseJob | undefined {
  const background = isBackground ?? request.isBackground;
  if (jobState === undefined) return undefined;
  if (background !== true && operation !== 'fetch_response') return undefined;
  return { state: jobState, ...present({ isBackground: background, finishedEpochMs }) };
}

/** An error without a name of its own is told better by a failing status than by the fall-back word. */
function errorTypeOf({ errorType }: ResponseDraft, head: ResponseHead): string | undefined {
  return errorType === UNNAMED_ERROR && head.statusCode >= 400 ? undefined : errorType;
}
