import type { ActiveMeter } from '@tokenmeter/instrumentation';
import {
  claimMetering,
  createGuard,
  type EnvConfig,
  type Metering,
  recognises,
  startTaps,
} from '@tokenmeter/instrumentation/start-up';

/** Metering that is loaded by the first call. */
export interface LazyMetering {
  /** Undefined until there was a call. */
  loaded(): Metering | undefined;
  /** Counts a problem of the runtime, which loads the metering for it. */
  problem(name: string): void;
}

/**
 * Starts the taps now and the rest, which is most of it, when one of them recognises a call or `meterCall` is used.
 *
 * Undefined when another instance meters this process already. A load that throws is told once through `onFailure`; from
 * then on calls go unmetered.
 */
export function startLazyMetering(
  load: () => Metering,
  { declaredHosts }: EnvConfig,
  onFailure: (error: unknown) => void,
): LazyMetering | undefined {
  let metering: Metering | undefined;
  let hasFailed = false;
  const loadOnce = (): Metering | undefined => {
    if (metering !== undefined || hasFailed) return metering;
    try {
      metering = load();
    } catch (error) {
      hasFailed = true;
      onFailure(error);
    }
    return metering;
  };
  const meter: ActiveMeter['meter'] = (...call) => loadOnce()?.meter(...call);
  if (claimMetering({ meter }) === undefined) return undefined;
  const guard = createGuard((name) => metering?.problem(name));
  startTaps((request) => {
    if (metering !== undefined) return metering.open(request);
    return recognises(request, declaredHosts) ? loadOnce()?.open(request) : undefined;
  }, guard);
  return {
    loaded: () => metering,
    problem: (name) => void setImmediate(() => guard('problem', () => loadOnce()?.problem(name))),
  };
}
