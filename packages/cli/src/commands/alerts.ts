import { type Delivery, type Notifier, sendTest } from '@tokenmeter/worker';
import { loadConfig } from '../config/load-config.ts';
import { CommandError, type Io } from '../io.ts';
import { createNotifiers } from '../notifiers.ts';

/** Options of `tokenmeter alerts test`. */
export interface AlertsTestOptions {
  readonly config?: string;
  /** Names of the channels to test; all without it. */
  readonly channel?: readonly string[];
  readonly json?: boolean;
}

const OUTLOOK: Readonly<Record<Exclude<Delivery['outcome'], 'delivered'>, string>> = {
  retry: 'would be tried again',
  refused: 'would not be tried again',
  disabled: 'would not be tried again, and nothing more would be sent there',
};

/** Sends a marked test through each channel and reports what each answered, as it comes. */
export async function runAlertsTest(options: AlertsTestOptions, io: Io): Promise<void> {
  const isJson = options.json === true;
  const loaded = loadConfig(io, { config: options.config });
  const notifiers = choose(createNotifiers(io, { isJson, loaded }), options.channel);
  const epochMs = Date.now();
  const failures: string[] = [];
  const test = async (notifier: Notifier): Promise<void> => {
    const answers = await sendTest([notifier], { epochMs, stop: io.stop });
    const delivery = answers[notifier.name];
    if (delivery === undefined) return;
    if (delivery.outcome !== 'delivered') failures.push(notifier.name);
    report(notifier.name, delivery, { isJson, io, tookMs: Date.now() - epochMs });
  };
  await Promise.all(notifiers.map(test));
  if (failures.length > 0) {
    throw new CommandError(`${failures.join(', ')} did not take the test alert`, {
      hint: 'check address and secret of the channel, and that the receiver is up',
    });
  }
}

function choose(all: readonly Notifier[], names: readonly string[] | undefined): Notifier[] {
  if (names === undefined) return [...all];
  const known = all.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CommandError(`there is no channel ${unknown.join(', ')}`, {
      hint: `channels are: ${known.join(', ')}`,
      exitCode: 2,
    });
  }
  return all.filter(({ name }) => names.includes(name));
}

function report(
  channel: string,
  delivery: Delivery,
  { isJson, io, tookMs }: { readonly isJson: boolean; readonly io: Io; readonly tookMs: number },
): void {
  if (isJson) {
    const { outcome } = delivery;
    const reason = delivery.outcome === 'delivered' ? {} : { reason: delivery.reason };
    io.stdout(`${JSON.stringify({ event: 'alerts-test', channel, outcome, ...reason, tookMs })}\n`);
    return;
  }
  if (delivery.outcome === 'delivered') {
    io.stderr(`✓ ${channel}: delivered in ${(tookMs / 1000).toFixed(1)} s\n`);
    return;
  }
  io.stderr(`✗ ${channel}: ${delivery.reason} (${OUTLOOK[delivery.outcome]})\n`);
}
