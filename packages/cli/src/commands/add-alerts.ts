import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';

/** Adds `tokenmeter alerts`. */
export function addAlerts(program: Command, io: Io): void {
  const alerts = program.command('alerts').summary('check where alerts go');
  alerts
    .command('test')
    .summary('send a marked test through every channel')
    .description(
      'Sends a marked test through every channel and says what each answered: those of tokenmeter.yaml, the signed webhook of TOKENMETER_WEBHOOK_URL and TOKENMETER_WEBHOOK_SECRET, and standard output. PagerDuty gets an alert of severity info that is resolved at once.',
    )
    .option('--channel <name...>', 'only these channels')
    .option('--config <file>', 'configuration (default: TOKENMETER_CONFIG, else tokenmeter.yaml)')
    .addOption(new Option('--json', 'JSON lines for machines'))
    .addHelpText('after', '\nExample:\n  tokenmeter alerts test --channel ops-slack\n')
    .action(async (options) => {
      const { runAlertsTest } = await import('./alerts.ts');
      await runAlertsTest(options, io);
    });
}
