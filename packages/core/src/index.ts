export { cacheStatus } from './cache-status.ts';
export {
  type ApiName,
  type CallRecord,
  type OperationName,
  type Outcome,
  type PriceModifiers,
  type RequestClass,
  type RequestCounts,
  type RequestParameters,
  type ResponseJob,
  TOKEN_CLASSES,
  type TokenClass,
  type TokenCounts,
  type Usage,
  type UsagePass,
} from './call-record.ts';
export type {
  CallContent,
  ContentMessage,
  ContentPart,
  InputContent,
  ToolDefinition,
} from './content.ts';
export { MOST_TOKENS } from './count-sheet.ts';
export { type DeclaredHosts, type ParsedHosts, parseDeclaredHosts } from './declared-hosts.ts';
export { decodeRequest } from './decode-request.ts';
export { type DecodedUsage, decodeUsage, isApiName, type UsageFacts } from './decode-usage.ts';
export type {
  DecodedRequest,
  DecodedResponse,
  Endpoint,
  ResponseDecoder,
  ResponseHead,
} from './decoder.ts';
export { type InclusiveTotals, inclusiveTotals } from './inclusive-totals.ts';
export { matchEndpoint, type RequestTarget } from './match-endpoint.ts';
export { type MediaKind, mediaKind } from './media-kind.ts';
export { API_NAMES } from './protocol-of.ts';
export { createResponseDecoder, headerPrefixOf } from './response-decoder.ts';
export { nameOf, type Present, present } from './wire-value.ts';
