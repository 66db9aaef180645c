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
export type Channel = 'stdout' | 'webhook' | 'slack' | 'pagerduty' | 'mail';

const CHANNELS: readonly Channel[] = ['stdout', 'webhook', 'slack', 'pagerduty', 'mail'];
const SERVICE = 'helpdesk';
/** Ends and tests. */
const OVER = /(^|: |\S )(RESOLVED|TEST|resolve) /;

/** Keeps account of which expected incidents came through which channel. */
export class AlertWatch {
  readonly #seen = new Set<string>();
  readonly #others = new Set<string>();
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
    const isExpected = EXPECTED_INCIDENTS.some(
      ({ rule, feature }) => rule === alert.rule && feature === alert.feature,
    );
    if (!isExpected) {
      const place = alert.feature === undefined ? '' : ` of ${alert.feature}`;
      this.#others.add(`${alert.rule}${place}`);
    }
    if (this.missing().length === 0) this.#resolve();
  }

  /** Notes what a person reads first in a message: the title of an alert, with something before it. */
  noteHeadline(channel: Channel, headline: string): void {
    if (OVER.test(headline)) return;
    for (const { rule, feature } of EXPECTED_INCIDENTS) {
      if (!headline.includes(`${rule.replaceAll('_', ' ')}: ${SERVICE}/${feature}`)) continue;
      this.note(channel, { rule, feature, transition: 'firing', text: headline });
    }
  }

  /** Words for what came and should not have: each incident beside the expected ones. */
  unexpected(): readonly string[] {
    return [...this.#others].sort();
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
