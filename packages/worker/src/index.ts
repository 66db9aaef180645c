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
export { type Calendar, createCalendar, type HolidaySettings } from './create-calendar.ts';
export { sendTest } from './delivery/send-test.ts';
export type { DeskAnswer, IncidentDesk, IncidentDetail } from './desk/incident-desk.ts';
export { type OpenDesk, openDesk } from './desk/open-desk.ts';
export type { LinkAction, LinkClaim } from './desk/signed-link.ts';
export type { HeartbeatOptions } from './heartbeat.ts';
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
  UserQuery,
} from './ports.ts';
export type { WorkerRouting } from './routing/default-routing.ts';
export {
  type EscalationStep,
  type GroupLabel,
  type IncidentMatch,
  type Inhibition,
  type Mute,
  type QuietHours,
  ROUTE_DEFAULTS,
  type Route,
} from './routing/route.ts';
export { OpenSourceError, type OpenSourceOptions, openSource } from './sources/open-source.ts';
export {
  type ParsedSources,
  parseSources,
  type SecretReference,
  type SettingsProblem,
  type SourceSettings,
} from './sources/parse-source-settings.ts';
export { createPromqlSource, type PromqlSourceOptions } from './sources/promql-source.ts';
export { createShardedSource, parseShard, type Shard } from './sources/sharded-source.ts';
export { startWorker } from './start-worker.ts';
export { checkState, exportState, type StateReport } from './state/inspect-state.ts';
export { StateError } from './state/open-state.ts';
export { UserContributors } from './user-contributors.ts';
export { UserLog } from './user-log.ts';
export type { EvaluationReport, Worker, WorkerOptions, WorkerStats } from './worker-options.ts';
