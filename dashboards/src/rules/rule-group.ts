/** A series that Prometheus computes and stores. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** How urgent an alert is. */
export type AlertSeverity = 'critical' | 'warning' | 'info';

/** A panel, by the uid of its board and its own id. */
export interface PanelPlace {
  readonly board: string;
  readonly id: number;
}

/** A condition that somebody is told of. Durations are Prometheus' (`5m`). */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly keepFiringFor: string;
  readonly severity: AlertSeverity;
  readonly summary: string;
  readonly description: string;
  /** File name in `docs/runbooks`, without extension. */
  readonly runbook: string;
  /** The panel that shows it. */
  readonly panel: PanelPlace;
}

/** Rules that are evaluated one after the other. */
export interface RuleGroup<R = RecordingRule | AlertRule> {
  readonly name: string;
  readonly interval: string;
  /** How far behind now the group is evaluated, so that late pushes are there. */
  readonly queryOffset?: string;
  readonly rules: readonly R[];
}
