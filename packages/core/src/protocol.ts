import type { Usage } from './call-record.ts';
import type { DecodedRequest, Endpoint, ResponseHead } from './decoder.ts';
import type { ResponseDraft } from './response-draft.ts';
import type { Skim } from './skim-chunks.ts';
import type { SseData } from './sse-reader.ts';
import type { JsonRecord } from './wire-value.ts';

/** How one wire API is read. Every function takes any JSON and never throws. */
export interface Protocol {
  /** Request members that `decodeRequest` reads. */
  readonly requestKeys: ReadonlySet<string>;
  /** Response members, at any depth, that are looked for in the windows of a body over 1 MiB. */
  readonly responseKeys: readonly string[];
  /**
   * `values`: every body is a row of JSON objects, each of which is an event. `values_in_array`: only bodies that are an
   * array are. Absent: a body is one JSON value.
   */
  readonly format?: 'values' | 'values_in_array';
  decodeRequest(body: JsonRecord): DecodedRequest;
  /** Reads what the headers tell, before any body. */
  readHead?(draft: ResponseDraft, head: ResponseHead): void;
  /** Reads a whole JSON body, errors included. */
  readBody(draft: ResponseDraft, body: JsonRecord): void;
  /** A cheap test on the text of an event: can it matter? */
  wantsEvent(draft: ResponseDraft, data: SseData): boolean;
  /** Passes over events of a text that cannot matter, many at a time; all are looked at where it is absent. */
  skim?(draft: ResponseDraft, text: string): Skim;
  /** Reads the JSON of an event. */
  readEvent(draft: ResponseDraft, event: JsonRecord, name: string): void;
  /** Makes classes of `draft.usage`. */
  readUsage(draft: ResponseDraft, endpoint: Endpoint): Usage;
}
