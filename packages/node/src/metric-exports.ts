import { attempt, type OnFailure } from './attempt.ts';
import type { MetricSeries, MetricState } from './metric-state.ts';
import type { OtlpSender } from './otlp-sender.ts';

/** How metrics are exported. */
export interface MetricExportOptions {
  readonly intervalMs: number;
  /** Delta series are taken out of the state, and put back when their export failed. */
  readonly isDelta: boolean;
  /** Runs before the state is read: what waits must be in it. */
  readonly beforeRead: () => void;
  /** The body of an export request. */
  readonly render: (metrics: readonly MetricSeries[], nowEpochMs: number) => Uint8Array;
  /** Told when no body can be made. */
  readonly onFailure: OnFailure;
}

/** Sends what a state holds, every interval and when asked, without ever holding the process. */
export class MetricExports {
  readonly #state: MetricState;
  readonly #sender: OtlpSender;
  readonly #options: MetricExportOptions;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | undefined;
  /** The revision of the state that has arrived. */
  #sentRevision = 0;

  constructor(state: MetricState, sender: OtlpSender, options: MetricExportOptions) {
    this.#state = state;
    this.#sender = sender;
    this.#options = options;
  }

  /** Begins to export; from then on there is something to tell. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => {
      this.#underWay ??= this.#send().finally(() => {
        this.#underWay = undefined;
      });
    }, this.#options.intervalMs);
    this.#timer.unref();
  }

  /** Sends everything; settles when it has arrived or failed. Never rejects. */
  async flush(): Promise<void> {
    await Promise.all([this.#underWay, this.#send()]);
  }

  /**
   * What has not arrived, as a request body; undefined when there is nothing. Sums that may be under way are in it as well:
   * the same sums twice are the same.
   */
  takeBody(): Uint8Array | undefined {
    const metrics = this.#read();
    if (this.#state.revision === this.#sentRevision) return undefined;
    return metrics.length === 0 ? undefined : this.#render(metrics);
  }

  async #send(): Promise<void> {
    const metrics = this.#read();
    if (metrics.length === 0) return;
    const { revision } = this.#state;
    const body = this.#render(metrics);
    const result = body === undefined ? 'failed' : await this.#sender.send(body);
    if (result === 'sent') this.#sentRevision = Math.max(this.#sentRevision, revision);
    else if (this.#options.isDelta) this.#state.restore(metrics);
  }

  #render(metrics: readonly MetricSeries[]): Uint8Array | undefined {
    const { render, onFailure } = this.#options;
    return attempt(() => render(metrics, Date.now()), onFailure);
  }

  #read(): readonly MetricSeries[] {
    const { isDelta, beforeRead } = this.#options;
    beforeRead();
    return isDelta ? this.#state.take() : this.#state.read();
  }
}
