export {
  CHANNEL_SCHEMA,
  type ChannelConfig,
  type SecretSource,
} from './channels/channel-config.ts';
export {
  type ChannelContext,
  type CreatedChannel,
  createChannel,
} from './channels/create-channel.ts';
export { createStdoutNotifier, type StdoutOptions } from './channels/stdout-notifier.ts';
export { createWebhookNotifier, type WebhookOptions } from './channels/webhook-notifier.ts';
export { sendTest } from './delivery/send-test.ts';
export { createHourOfWeek } from './hour-of-week.ts';
export type { IncidentView } from './incident-view.ts';
export type { Logger } from './logger.ts';
export type {
  Delivery,
  DeliveryHandle,
  MetricSource,
  Notice,
  NoticeDigest,
  NoticeLinks,
  NoticeTransition,
  Notifier,
  NotifierRefresh,
  SourceQuery,
  SourceRead,
} from './ports.ts';
export type {
  GroupLabel,
  IncidentMatch,
} from './routing/route.ts';
export { startWorker } from './start-worker.ts';
export type { EvaluationReport, Worker, WorkerOptions } from './worker-options.ts';
