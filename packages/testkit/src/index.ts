export type { Attributes, AttributeValue, Origin, SinkPoint, SinkSpan } from './decode-otlp.ts';
export { encodeOtlpProtobuf, type OtlpSignal, parseOtlpProtobuf } from './otlp-schema.ts';
export { type OtlpSink, type SinkExport, type SinkMode, startOtlpSink } from './otlp-sink.ts';
export type { ReplayEnding, ReplayLogEntry, ReplayTotal } from './replay-books.ts';
export {
  type ReplayProvider,
  type ReplayProviderOptions,
  startReplayProvider,
} from './replay-provider.ts';
export type {
  ReplayApi,
  ReplayProviderName,
  ReplayRequest,
  Reply,
  ReplyEncoding,
  ReplyPlan,
} from './reply.ts';
export { type SeriesValue, series } from './series.ts';
