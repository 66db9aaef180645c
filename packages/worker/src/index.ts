export { createHourOfWeek } from './hour-of-week.ts';
export type { IncidentView } from './incident-view.ts';
export type { Logger } from './logger.ts';
export type {
  Delivery,
  MetricSource,
  Notice,
  Notifier,
  SourceQuery,
  SourceRead,
} from './ports.ts';
export {
  type EvaluationReport,
  startWorker,
  type Worker,
  type WorkerOptions,
} from './start-worker.ts';
export { createStdoutNotifier, type StdoutOptions } from './stdout-notifier.ts';
export { createWebhookNotifier, type WebhookOptions } from './webhook-notifier.ts';
