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
export { sendTest } from './send-test.ts';
export { startWorker } from './start-worker.ts';
export { createStdoutNotifier, type StdoutOptions } from './stdout-notifier.ts';
export { createWebhookNotifier, type WebhookOptions } from './webhook-notifier.ts';
export type { EvaluationReport, Worker, WorkerOptions } from './worker-options.ts';
