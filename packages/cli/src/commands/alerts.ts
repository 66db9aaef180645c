import type { Finding } from '@tokenmeter/anomaly';
import type { Notice } from '@tokenmeter/worker';
import { CommandError, type Io } from '../io.ts';
import { createNotifiers } from '../notifiers.ts';

const TIMEOUT_MS = 20_000;

function createTestNotice(epochMs: number): Notice {
  const finding: Finding = {
    rule: 'volume',
    severity: 'info',
    labels: { service: 'tokenmeter', feature: 'alert-test' },
    epochMs,
    quantity: 'calls',
    observed: 0,
    expected: { low: 0, mid: 0, high: 0, basis: 'a test, nothing was measured' },
    windowMinutes: 0,
    score: 0,
    usdPerHour: 0,
    sinceEpochMs: epochMs,
    decomposition: {},
    contributors: [],
    evidenceCalls: 0,
  };
  return {
    idempotencyKey: `test-${epochMs}`,
    incidentId: `test-${epochMs}`,
    transition: 'test',
    finding,
    startedEpochMs: epochMs,
    title: 'TEST: Tokenmeter can reach this channel',
    text: 'TEST: Tokenmeter can reach this channel. Nothing is wrong and nothing needs to be done.',
  };
}

/** Sends a marked test through each configured channel and reports what each answered. */
export async function runAlertsTest(options: { readonly json?: boolean }, io: Io): Promise<void> {
  const notice = createTestNotice(Date.now());
  const failures: string[] = [];
  for (const notifier of createNotifiers(io, { isJson: options.json === true })) {
    const signal = AbortSignal.any([io.stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const delivery = await notifier.send(notice, signal);
    if (delivery.outcome === 'delivered') {
      io.stderr(`✓ ${notifier.name}: delivered\n`);
      continue;
    }
    failures.push(notifier.name);
    const outlook = delivery.isRetryable ? 'would be tried again' : 'would not be tried again';
    io.stderr(`✗ ${notifier.name}: ${delivery.reason} (${outlook})\n`);
  }
  if (failures.length > 0) {
    throw new CommandError(`${failures.join(', ')} did not take the test alert`, {
      hint: 'check the URL, the secret and that the receiver answers with a 2xx status',
    });
  }
}
