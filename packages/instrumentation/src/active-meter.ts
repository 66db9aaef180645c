import type { Context } from '@opentelemetry/api';
import type { CallRecord } from '@tokenmeter/core';
import type { PricedCall } from '@tokenmeter/pricing';
import type { Attribution } from './attribution.ts';
import type { NativeSpan } from './native-span.ts';

/** Where the span of a call belongs. */
export interface SpanPlace {
  /** The context of the code that made the call. */
  readonly parent: Context;
  /** A span that another instrumentation wrote for the same call. */
  readonly native?: NativeSpan | undefined;
}

/** What meters the calls of this process. */
export interface ActiveMeter {
  meter(record: CallRecord, attribution: Attribution, place: SpanPlace): PricedCall | undefined;
}

/** The right to meter this process; held by one instance at a time. */
export interface MeteringClaim {
  release(): void;
}

// On the global object, because several copies of this package may be loaded into one process.
const ACTIVE_KEY = Symbol.for('tokenmeter.active-meter');

/** Claims the metering of this process; undefined when another instance, of any copy of this package, has it. */
export function claimMetering(meter: ActiveMeter): MeteringClaim | undefined {
  if (activeMeter() !== undefined) return undefined;
  Reflect.set(globalThis, ACTIVE_KEY, meter);
  return {
    release: () => {
      if (activeMeter() === meter) Reflect.deleteProperty(globalThis, ACTIVE_KEY);
    },
  };
}

/** The instance that meters this process, if any. */
export function activeMeter(): ActiveMeter | undefined {
  const value: unknown = Reflect.get(globalThis, ACTIVE_KEY);
  return isActiveMeter(value) ? value : undefined;
}

function isActiveMeter(value: unknown): value is ActiveMeter {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'meter') === 'function'
  );
}
