import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';

function jsonOption(): Option {
  return new Option('--json', 'JSON lines for machines');
}

/** The options that choose what a Collector is composed of. */
function withChoice(command: Command): Command {
  return command
    .requiredOption('--backend <name...>', 'where to send; several may be named (see README)')
    .option('--auth <name...>', 'who may send: basic, bearer, mtls; tls encrypts')
    .option('--role <name>', 'agent, gateway or kafka-consumer')
    .option('--sampling <name>', 'keep some traces: tail or probabilistic; money is never sampled')
    .option('--keep-content', 'let prompts and completions through')
    .option('--prices <file...>', 'price files, first wins')
    .option('--replace', 'use nothing but the price files');
}

function addConfig(collector: Command, io: Io): void {
  withChoice(collector.command('config'))
    .summary('print or write a configuration')
    .description(
      'Prints the --config list of a composition; with --merged one YAML; with --out a folder with a start script that needs nothing else.',
    )
    .option('--out <dir>', 'write a self-contained folder')
    .option('--merged', 'one YAML; with --out beside the files')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  tokenmeter collector config --backend prometheus --backend datadog --out ./collector\n',
    )
    .action(async (options) => {
      const { runCollectorConfig } = await import('./collector-config.ts');
      await runCollectorConfig(options, io);
    });
}

function addValidate(collector: Command, io: Io): void {
  withChoice(collector.command('validate'))
    .summary('check a composition, and that it starts')
    .description(
      'Names what the environment lacks, runs the Collector’s own validate, then starts it on ports of its own and stops it.',
    )
    .option('--binary <file>', 'the Collector to run')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  tokenmeter collector validate --backend grafana-cloud\n')
    .action(async (options) => {
      const { runCollectorValidate } = await import('./collector-validate.ts');
      await runCollectorValidate(options, io);
    });
}

function addRun(collector: Command, io: Io): void {
  withChoice(collector.command('run'))
    .summary('run a Collector in the foreground')
    .description(
      'Runs --binary, otelcol-tokenmeter or otelcol-contrib from PATH, one built with Go, or the stock image with Docker. Prints "ready" once it takes spans. TOKENMETER_OTLP_PORT, TOKENMETER_OTLP_GRPC_PORT and TOKENMETER_QUEUE_DIR choose ports and disk. Its end delivers what waits.',
    )
    .option('--binary <file>', 'the Collector to run')
    .option('--drain <seconds>', 'how long the end waits for backends', '10')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  TOKENMETER_BACKEND_OTLP_ENDPOINT=http://127.0.0.1:4320 tokenmeter collector run --backend otlp\n',
    )
    .action(async (options) => {
      const { runCollectorRun } = await import('./collector-run.ts');
      await runCollectorRun(options, io);
    });
}

function addBuild(collector: Command, io: Io): void {
  collector
    .command('build')
    .summary('build the lean Collector with Go')
    .description(
      'Builds a Collector with only what these configurations use, once, into the user’s cache, and prints its path. Needs Go 1.26.',
    )
    .addOption(jsonOption())
    .action(async (options) => {
      const { runCollectorBuild } = await import('./collector-build.ts');
      await runCollectorBuild(options, io);
    });
}

function addPrices(collector: Command, io: Io): void {
  collector
    .command('prices')
    .summary('render prices for the Collector')
    .description(
      'Writes price files, laid over the bundled prices, as data files that the configuration includes; names what cannot be said there.',
    )
    .option('--prices <file...>', 'price files, first wins')
    .option('--replace', 'use nothing but the price files')
    .option('--out <dir>', 'folder to write', 'collector-prices')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  tokenmeter collector prices --prices contract.yaml --out ./collector/generated\n',
    )
    .action(async (options) => {
      const { runCollectorPrices } = await import('./collector-prices.ts');
      await runCollectorPrices(options, io);
    });
}

/** Adds `tokenmeter collector` with its sub-commands. */
export function addCollector(program: Command, io: Io): void {
  const collector = program
    .command('collector')
    .summary('meter foreign spans in an OpenTelemetry Collector');
  for (const add of [addConfig, addValidate, addRun, addBuild, addPrices]) add(collector, io);
}
