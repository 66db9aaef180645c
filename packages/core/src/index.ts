export {
  type ApiName,
  type CallRecord,
  type OperationName,
  type Outcome,
  type PriceModifiers,
  type RequestClass,
  type RequestCounts,
  type RequestParameters,
  TOKEN_CLASSES,
  type TokenClass,
  type TokenCounts,
  type Usage,
} from './call-record.ts';
export type {
  DecodedRequest,
  DecodedResponse,
  Endpoint,
  ResponseDecoder,
  ResponseHead,
} from './decoder.ts';
