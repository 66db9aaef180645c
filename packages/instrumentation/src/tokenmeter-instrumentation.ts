import { diag, type MeterProvider, type TracerProvider } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { activeMeter, claimMetering, type MeteringClaim } from './active-meter.ts';
import type { CallSink } from './call-sink.ts';
import { createSink } from './create-sink.ts';
import { createOpenExchange } from './open-exchange.ts';
import { registeredMeterProvider, registeredTracerProvider } from './registered-api.ts';
import { findHiddenTraffic } from './self-test.ts';
import { startTaps } from './start-taps.ts';
import type { StopTap } from './subscribe-channels.ts';
import type { TokenmeterConfig } from './tokenmeter-config.ts';
import { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION } from './version.ts';

/**
 * Meters every language-model call of this process on the wire. Nothing is patched: clients made before or after,
 * bundled or not, are seen alike.
 *
 * At most one instance meters at a time, so that a call is never counted twice; a second one stays idle and says so
 * through `diag`.
 */
export class TokenmeterInstrumentation implements Instrumentation<TokenmeterConfig> {
  readonly instrumentationName: string = INSTRUMENTATION_NAME;
  readonly instrumentationVersion: string = INSTRUMENTATION_VERSION;
  #config: TokenmeterConfig;
  #tracerProvider: TracerProvider | undefined;
  #meterProvider: MeterProvider | undefined;
  #claim: MeteringClaim | undefined;
  #sink: CallSink | undefined;
  #stop: StopTap | undefined;

  constructor(config: TokenmeterConfig = {}) {
    this.#config = { enabled: true, ...config };
    if (this.#config.enabled !== false) this.enable();
  }

  /** Starts to meter. Does nothing when it already does. */
  enable(): void {
    if (this.#claim !== undefined) return;
    const sink = this.#createSink();
    const claim = claimMetering(sink);
    if (claim === undefined) {
      diag.warn('tokenmeter: another instance meters this process already; this one stays idle');
      return;
    }
    this.#claim = claim;
    this.#sink = sink;
    const open = createOpenExchange(sink, this.#config);
    this.#stop = startTaps(open, sink.guard);
    for (const hidden of findHiddenTraffic(process.versions)) sink.tellHidden(hidden);
  }

  /** Stops to meter; calls in flight are followed no further. */
  disable(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#claim?.release();
    this.#claim = undefined;
  }

  setTracerProvider(tracerProvider: TracerProvider): void {
    this.#tracerProvider = tracerProvider;
  }

  setMeterProvider(meterProvider: MeterProvider): void {
    this.#meterProvider = meterProvider;
  }

  /** Replaces the options; they take effect at the next `enable()`. */
  setConfig(config: TokenmeterConfig): void {
    this.#config = { enabled: true, ...config };
  }

  getConfig(): TokenmeterConfig {
    return this.#config;
  }

  /** True while this instance is the one that meters. */
  get isMetering(): boolean {
    return this.#claim !== undefined && activeMeter() !== undefined;
  }

  /** How many measurements were made since metering was last enabled; what has changed needs a flush. */
  get measurementCount(): number {
    return this.#sink?.measurementCount ?? 0;
  }

  #createSink(): CallSink {
    return createSink(this.#config, {
      tracerProvider: () => this.#tracerProvider ?? registeredTracerProvider(),
      meterProvider: () => this.#meterProvider ?? registeredMeterProvider(),
    });
  }
}
