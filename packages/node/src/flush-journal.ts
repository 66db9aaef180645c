import { randomUUID } from 'node:crypto';
import {
  INSTRUMENTATION_NAME,
  INSTRUMENTATION_VERSION,
  type Metering,
} from '@tokenmeter/instrumentation/start-up';
import { general } from '@tokenmeter/semconv';
import type { ExitJournal } from './exit-journal.ts';
import { renderExitPayload } from './exit-payload.ts';
import { sendAtExit } from './send-at-exit.ts';
import type { Telemetry } from './start-telemetry.ts';
import type { TelemetryPlan } from './telemetry-plan.ts';

/** Parts of the running distribution that an exit export needs. */
export interface ExitParts {
  readonly plan: TelemetryPlan;
  readonly telemetry: Telemetry;
  readonly metering: Metering;
}

/** True when exports go through our own sender, to an OTLP receiver. */
export function canFlushNow(plan: TelemetryPlan): boolean {
  return !plan.needsNodeSdk && plan.metrics.some((target) => target.kind === 'otlp');
}

/**
 * Sends the counters of the calls that no export has brought out, in this very turn.
 *
 * They go out as an instance of their own, which counts from zero: together with what this process has sent before, every
 * total is exact. Nothing is sent when nothing is pending or metrics do not go to OTLP.
 */
export function flushJournal(journal: ExitJournal, { plan, telemetry, metering }: ExitParts): void {
  const calls = journal.pending();
  const target = plan.metrics.find((each) => each.kind === 'otlp');
  if (calls.length === 0 || target === undefined) return;
  const body = renderExitPayload({
    resource: { ...telemetry.resourceAttributes(), [general.serviceInstanceId]: randomUUID() },
    scope: { name: INSTRUMENTATION_NAME, version: INSTRUMENTATION_VERSION },
    points: calls.flatMap((call) => metering.describePoints(call)),
    startEpochMs: Math.min(...calls.map(({ record }) => record.startEpochMs)),
    endEpochMs: Date.now(),
  });
  sendAtExit(target.settings, body);
}
