import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import type { CallContent, DeclaredHosts } from '@tokenmeter/core';
import type { PriceBook } from '@tokenmeter/pricing';
import type { BaggageFields } from './ambient-attribution.ts';
import type { MeteredCall } from './call-sink.ts';
import type { CostCompat, SemconvMode } from './options.ts';

/** Options of the instrumentation; every one has a default. */
export interface TokenmeterConfig extends InstrumentationConfig {
  /** Prices, or how to load them at the first call; the bundled book when absent. */
  readonly priceBook?: PriceBook | (() => PriceBook);
  /** Further hosts that speak a known API; see `parseDeclaredHosts`. */
  readonly declaredHosts?: DeclaredHosts;
  /** Attribution fields that inbound W3C baggage may fill, by baggage key; none when absent. */
  readonly baggageFields?: BaggageFields;
  /** Which convention metrics to emit beside ours; `latest` when absent. */
  readonly semconv?: SemconvMode;
  /** Which further cost attributes spans carry; `none` when absent. */
  readonly costCompat?: CostCompat;
  /** Whether usage that a provider does not report is estimated, and flagged as such; false when absent. */
  readonly estimate?: boolean;
  /** Key of a hash that stands for user ids (`user.hash` instead of `user.id`); ids are written as they are when absent. */
  readonly userHashKey?: string;
  /** Whether the time between chunks of streams is recorded, a point per chunk; false when absent. */
  readonly chunkTimes?: boolean;
  /** Feature of calls that nothing attributes; `unattributed` when absent. */
  readonly feature?: string;
  /** Team of calls that nothing attributes. */
  readonly team?: string;
  /** Distinct values per metric attribute before `other`; 200 when absent. */
  readonly attributeCap?: number;
  /** Whether spans carry prompts, tools and answers; false when absent, and then they are never kept. */
  readonly captureContent?: boolean;
  /**
   * Sees content before anything else does and gives back, at once, what may be kept; undefined, null and promises keep
   * nothing. What it throws or rejects with is counted, and the content is dropped.
   */
  readonly redactContent?: (content: CallContent) => CallContent | undefined;
  /** Told what a person should know about this runtime, once each; goes to OpenTelemetry's `diag` when absent. */
  readonly warn?: (message: string) => void;
  /** Told of every call after it was metered. What it throws or rejects with is swallowed and counted. */
  readonly onCall?: (call: MeteredCall) => void;
}
