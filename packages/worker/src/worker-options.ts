import type {
  CoverageRule,
  HourOfWeek,
  PipelineGapRule,
  PlannedEvent,
  Rule,
  RuleName,
  SpendForecast,
  Transition,
} from '@tokenmeter/anomaly';
import type { DeliveryPoint } from './delivery/channel-sender.ts';
import type { IncidentDesk } from './desk/incident-desk.ts';
import type { HeartbeatOptions } from './heartbeat.ts';
import type { IncidentView } from './incident-view.ts';
import type { Logger } from './logger.ts';
import type { Delivery, MetricSource, Notifier } from './ports.ts';
import type { WorkerRouting } from './routing/default-routing.ts';

/** Where the worker stands: between two of them it may die, which tests do. */
type WorkerPoint = 'judged' | 'committed' | DeliveryPoint;

/** What a worker watches, whom it tells, and where it remembers. */
export interface WorkerOptions {
  readonly source: MetricSource;
  /** Their names must differ. */
  readonly notifiers: readonly Notifier[];
  /** SQLite file for incidents, outbox and what was learned; in memory without it. Several workers may share it. */
  readonly statePath?: string;
  /** Sets workers apart that share a state but not their series; of one shard, one worker at a time evaluates. */
  readonly shard?: string;
  /** IANA zone of the hour-of-week profile and of times in alerts; UTC without it. */
  readonly timeZone?: string;
  readonly evaluationSeconds?: number;
  /** How long after the start of a period it is evaluated; without it, when the source says its minutes settle. */
  readonly lagSeconds?: number;
  readonly lookbackDays?: number;
  readonly rules?: readonly Rule[];
  readonly coverageRule?: CoverageRule;
  readonly pipelineRule?: PipelineGapRule;
  /** Hours of the week with holidays in them; without it those of `timeZone`. */
  readonly hourOfWeek?: HourOfWeek;
  /** Times in which more than usual is expected. */
  readonly plannedEvents?: readonly PlannedEvent[];
  /** Who is told what; without it every channel is told everything at once. */
  readonly routing?: WorkerRouting;
  /** Webhooks that carry out the advice of a rule, called once per incident. None without it. */
  readonly actions?: Readonly<Partial<Record<RuleName, Notifier>>>;
  /** Called after each evaluation that could read its source. */
  readonly heartbeat?: HeartbeatOptions;
  readonly clock?: () => number;
  readonly logger?: Logger;
  /** Called after the start and after each change, with all known incidents, open ones first. */
  readonly onIncidents?: (incidents: readonly IncidentView[]) => void;
  /** Base URL of the page as readers reach it, for links. */
  readonly pageUrl?: string;
  /** URL of a dashboard elsewhere, with `{from}`, `{to}`, `{service}` and so on. */
  readonly dashboardUrl?: string;
  /** Picture of a dashboard, with the same words to fill in. */
  readonly imageUrl?: string;
  /** Days that incidents are kept after their end. Default 30. */
  readonly retentionDays?: number;
  /** Called whenever the worker has come so far. */
  readonly checkpoint?: (point: WorkerPoint) => void;
}

/** How one evaluation went. */
export type EvaluationReport =
  | {
      readonly ok: true;
      readonly toEpochMs: number;
      readonly transitions: readonly Transition[];
      /** Another worker evaluates this shard; this one only learns. */
      readonly isStandby?: true;
    }
  | { readonly ok: false; readonly reason: string };

/** Figures of a running worker since its start. */
export interface WorkerStats {
  readonly evaluations: number;
  readonly failedReads: number;
  /** Rows and samples that were left out. */
  readonly refused: Readonly<Record<'invalid' | 'late' | 'early' | 'repeated', number>>;
  /** Length of the last evaluation. */
  readonly evaluationSeconds: number;
  readonly lastEvaluationEpochMs: number | undefined;
  /** End of the newest minute that was learned; undefined before the first. */
  readonly learnedToEpochMs: number | undefined;
  readonly isStandby: boolean;
  /** Incidents that are neither pending nor over. */
  readonly openIncidents: number;
  readonly notices: Readonly<Record<'waiting' | 'delivered' | 'dead', number>>;
  /** Age of the notice that has waited longest; 0 when none waits. */
  readonly oldestNoticeSeconds: number;
}

/** A running worker. */
export interface Worker extends AsyncDisposable {
  /** Reads and evaluates at once; returns after the commit, before the deliveries. Never rejects. */
  evaluateNow(): Promise<EvaluationReport>;
  /** Open and past incidents, open ones first. */
  incidents(): readonly IncidentView[];
  /** Where people act on incidents. */
  readonly desk: IncidentDesk;
  /** Figures since the start. */
  stats(): WorkerStats;
  /**
   * USD that everything will cost from `fromEpochMs`, the end of what was learned, until then, as it usually goes on:
   * the forecast that budgets are judged by. Undefined before a week is known.
   */
  forecast(toEpochMs: number): (SpendForecast & { readonly fromEpochMs: number }) | undefined;
  /** Forgets what was learned and learns it again from the source. Never rejects. */
  relearn(): Promise<EvaluationReport>;
  /** Sends a marked test notice through each channel, past the outbox; answers by channel name. Never rejects. */
  sendTest(): Promise<Readonly<Record<string, Delivery>>>;
  /** Waits until no notice is due. */
  flush(): Promise<void>;
  /** Stops within 5 seconds, in which what is due is still sent; what was not delivered stays in the outbox. */
  close(): Promise<void>;
}
