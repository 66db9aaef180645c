import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';

/** Adds `tokenmeter worker`. */
export function addWorker(program: Command, io: Io): void {
  program
    .command('worker')
    .summary('watch metrics that are kept elsewhere')
    .description(
      'Evaluates the rules every minute over the sources of tokenmeter.yaml (Prometheus, Mimir, Thanos, VictoriaMetrics, Grafana Cloud) and delivers alerts. tokenmeter up does the same over its own ledger.',
    )
    .option('--config <file>', 'configuration (default: TOKENMETER_CONFIG, else tokenmeter.yaml)')
    .option('--data <dir>', 'folder of what it remembers', '.tokenmeter')
    .option(
      '--time-zone <name>',
      'IANA time zone (default: that of the configuration, else this machine’s)',
    )
    .option('--shard <i/n>', 'watch only every n-th service, such as 2/8')
    .option(
      '--metrics-port <number>',
      'serve /metrics and /healthz there, on loopback; 0 lets the system choose',
    )
    .option('--ready-file <file>', 'write {"pid","metricsUrl"} there once everything runs')
    .addOption(new Option('--json', 'JSON lines for machines'))
    .addHelpText('after', '\nExample:\n  tokenmeter worker --config tokenmeter.yaml --shard 2/8\n')
    .action(async (options) => {
      const { runWorker } = await import('./worker.ts');
      await runWorker(options, io);
    });
}
