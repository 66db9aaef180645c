import type { Alert } from './alert.ts';

/** An incident of the demo. */
export interface ExpectedIncident {
  readonly rule: string;
  readonly feature: string;
}

/** The incidents that the schedule brings about. */
export const EXPECTED_INCIDENTS: readonly ExpectedIncident[] = [
  { rule: 'volume', feature: 'smart-reply' },
  { rule: 'cost_per_request', feature: 'summarize' },
  { rule: 'cache_hit_rate', feature: 'search-answers' },
  { rule: 'model_drift', feature: 'triage' },
];

/** Ways by which an incident must have reached people. */
export type Channel = 'stdout' | 'webhook';

const CHANNELS: readonly Channel[] = ['stdout', 'webhook'];

/** Keeps account of which expected incidents came through which channel. */
export class AlertWatch {
  readonly #seen = new Set<string>();
  #resolve: () => void = () => undefined;
  /** Resolves once every expected incident came through every channel. */
  readonly complete: Promise<void>;

  constructor() {
    this.complete = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  note(channel: Channel, alert: Alert): void {
    if (alert.transition === 'test' || alert.transition === 'resolved') return;
    this.#seen.add(`${channel} ${alert.rule} ${alert.feature}`);
    if (this.missing().length === 0) this.#resolve();
  }

  /** Words for what has not come yet. */
  missing(): readonly string[] {
    return EXPECTED_INCIDENTS.flatMap(({ rule, feature }) =>
      CHANNELS.filter((channel) => !this.#seen.has(`${channel} ${rule} ${feature}`)).map(
        (channel) => `${rule} of ${feature} by ${channel}`,
      ),
    );
  }
}
