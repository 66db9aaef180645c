import type { ApiName, PriceModifiers, RequestClass, TokenClass, Usage } from '@tokenmeter/core';

/** Why a call has no cost. */
export type UnpricedReason = 'unknown_model' | 'no_usage' | 'inconsistent_usage' | 'missing_rate';

/** Who set the price: the provider's response, a user's file, a refreshed catalogue or the bundled snapshot. */
export type PriceSource = 'provider' | 'user' | 'catalog' | 'snapshot';

/** Cost classes: one per token class and per counted request class. */
export type CostClass = TokenClass | RequestClass;

/** The part of a call that decides its price. A `CallRecord` is one. */
export interface PriceableCall {
  readonly api?: ApiName;
  readonly provider: string;
  readonly requestModel?: string;
  readonly responseModel?: string;
  readonly startEpochMs: number;
  /** End of the call; only prices per second need it. */
  readonly endEpochMs?: number;
  readonly modifiers: PriceModifiers;
  readonly usage: Usage;
}

/** A call with its cost, or with the reason for having none. */
export type PricedCall =
  | {
      readonly kind: 'priced';
      /** Total in USD, unrounded: `totalPicoUsd / 1e12`. */
      readonly costUsd: number;
      /** Total in integer pico-USD; the sum of `picoUsd` unless the source is `provider`. */
      readonly totalPicoUsd: number;
      /** Cost by class in integer pico-USD. Classes without tokens are absent. */
      readonly picoUsd: Readonly<Partial<Record<CostClass, number>>>;
      readonly source: PriceSource;
      /** Price-book version: date plus content hash. */
      readonly bookVersion: string;
      /** Id of the matched row, such as `openai/gpt-4o`. */
      readonly row?: string;
      /** Name of the long-context tier that applied. */
      readonly tier?: string;
      /** Modifiers that applied, such as `batch` or `us-only`. */
      readonly modifiers: readonly string[];
      /** What we computed in USD when the provider's own figure won. */
      readonly computedUsd?: number;
    }
  | {
      readonly kind: 'unpriced';
      readonly reason: UnpricedReason;
      readonly bookVersion: string;
    };
