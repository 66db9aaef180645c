export type { Attributes, AttributeValue, Origin, SinkPoint, SinkSpan } from './decode-otlp.ts';
export { freePort, takePort } from './free-port.ts';
export { type ListeningServer, listen } from './listen.ts';
export { encodeOtlpProtobuf, type OtlpSignal, parseOtlpProtobuf } from './otlp-schema.ts';
export { type OtlpSink, type SinkExport, type SinkMode, startOtlpSink } from './otlp-sink.ts';
export { createAlertmanagerFake } from './receivers/fake-alertmanager.ts';
export { createDiscordFake } from './receivers/fake-discord.ts';
export { createPagerDutyFake, type PagerDutyFake } from './receivers/fake-pagerduty.ts';
export {
  createSlackApiFake,
  createSlackWebhookFake,
  type SlackApiFake,
  type SlackPosting,
} from './receivers/fake-slack.ts';
export { createTeamsFake } from './receivers/fake-teams.ts';
export type { VendorAnswer, VendorFake, VendorRequest } from './receivers/vendor-fake.ts';
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
