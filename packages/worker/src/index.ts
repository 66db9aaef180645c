export type {
  Delivery,
  MetricSource,
  Notice,
  Notifier,
  SourceQuery,
  SourceRead,
} from './ports.ts';
