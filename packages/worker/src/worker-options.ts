import type { Rule, Transition } from '@tokenmeter/anomaly';
import type { IncidentView } from './incident-view.ts';
import type { Logger } from './logger.ts';
import type { Delivery, MetricSource, Notifier } from './ports.ts';

/** What a worker watches, whom it tells, and where it remembers. */
export interface WorkerOptions {
  readonly source: MetricSource;
  /** Their names must differ. */
  readonly notifiers: readonly Notifier[];
  /** SQLite file for incidents, outbox and what was learned; in memory without it. */
  readonly statePath?: string;
  /** IANA zone of the hour-of-week profile and of times in alerts; UTC without it. */
  readonly timeZone?: string;
  readonly evaluationSeconds?: number;
  /** How long after the start of a period it is evaluated; without it, when the source says its minutes settle. */
  readonly lagSeconds?: number;
  readonly lookbackDays?: number;
  readonly rules?: readonly Rule[];
  readonly clock?: () => number;
  readonly logger?: Logger;
  /** Called after the start and after each change, with all known incidents, firing ones first. */
  readonly onIncidents?: (incidents: readonly IncidentView[]) => void;
  /** Base URL of the page, for links. */
  readonly pageUrl?: string;
}

/** How one evaluation went. */
export type EvaluationReport =
  | { readonly ok: true; readonly toEpochMs: number; readonly transitions: readonly Transition[] }
  | { readonly ok: false; readonly reason: string };

/** A running worker. */
export interface Worker extends AsyncDisposable {
  /** Reads and evaluates at once; returns after the commit, before the deliveries. Never rejects. */
  evaluateNow(): Promise<EvaluationReport>;
  /** Firing and past incidents, firing ones first. */
  incidents(): readonly IncidentView[];
  /** Forgets what was learned and learns it again from the source. Never rejects. */
  relearn(): Promise<EvaluationReport>;
  /** Sends a marked test notice through each channel, past the outbox; answers by channel name. Never rejects. */
  sendTest(): Promise<Readonly<Record<string, Delivery>>>;
  /** Waits until no notice is due. */
  flush(): Promise<void>;
  /** Stops within 2 seconds; what was not delivered stays in the outbox. */
  close(): Promise<void>;
}
