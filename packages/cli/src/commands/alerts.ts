import { sendTest } from '@tokenmeter/worker';
import { CommandError, type Io } from '../io.ts';
import { createNotifiers } from '../notifiers.ts';

/** Sends a marked test through each configured channel and reports what each answered. */
export async function runAlertsTest(options: { readonly json?: boolean }, io: Io): Promise<void> {
  const notifiers = createNotifiers(io, { isJson: options.json === true });
  const answers = await sendTest(notifiers, { epochMs: Date.now(), stop: io.stop });
  const failures: string[] = [];
  for (const [name, delivery] of Object.entries(answers)) {
    if (delivery.outcome === 'delivered') {
      io.stderr(`✓ ${name}: delivered\n`);
      continue;
    }
    failures.push(name);
    const outlook =
      delivery.outcome === 'retry' ? 'would be tried again' : 'would not be tried again';
    io.stderr(`✗ ${name}: ${delivery.reason} (${outlook})\n`);
  }
  if (failures.length > 0) {
    throw new CommandError(`${failures.join(', ')} did not take the test alert`, {
      hint: 'check the URL, the secret and that the receiver answers with a 2xx status',
    });
  }
}
