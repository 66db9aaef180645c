import { Command, CommanderError, Option } from 'commander';
import { addAlerts } from './commands/add-alerts.ts';
import { addBacktest } from './commands/add-backtest.ts';
import { addIncidents } from './commands/add-incidents.ts';
import { addState } from './commands/add-state.ts';
import { addWorker } from './commands/add-worker.ts';
import { addCollector } from './commands/collector.ts';
import { addConfig } from './commands/config.ts';
import { addDashboards, addRules } from './commands/dashboards.ts';
import { addPrices } from './commands/prices.ts';
import type { Io } from './io.ts';

const DEFAULT_DATA = '.tokenmeter';

function dataOption(): Option {
  return new Option('--data <dir>', 'folder of the ledger').default(DEFAULT_DATA);
}

function jsonOption(): Option {
  return new Option('--json', 'JSON lines for machines');
}

function addUp(program: Command, io: Io): void {
  program
    .command('up')
    .summary('receive, keep, watch and show spend in one process')
    .description(
      'Receives OTLP/HTTP, keeps a ledger, evaluates the rules every minute and serves the page. Binds to loopback only.',
    )
    .addOption(dataOption())
    .option(
      '--port <number>',
      'port of receiver and page; 0 lets the system choose (default: 4318, or the next free one)',
    )
    .option('--time-zone <name>', 'IANA time zone of days and hours (default: this machine’s)')
    .option('--config <file>', 'configuration (default: TOKENMETER_CONFIG, else tokenmeter.yaml)')
    .option(
      '--metrics-port <number>',
      'serve /metrics for Prometheus there, on loopback; 0 lets the system choose',
    )
    .option('--ready-file <file>', 'write {"url","pid"} there once everything runs')
    .option('--prices <file...>', 'price files, first wins; followed as they change')
    .option('--replace', 'use nothing but the price files')
    .option('--refresh-prices <url|file>', 'renew prices from there while running, once checked')
    .option('--refresh-every <time>', 'how often, such as 12h (default: 24h)')
    .option('--refresh-sha256 <hex>', 'renew only with the content of this hash')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  tokenmeter up\n  node --import @tokenmeter/node app.js   (in another terminal)\n',
    )
    .action(async (options) => {
      const { runUp } = await import('./commands/up.ts');
      await runUp(options, io);
    });
}

function addPrice(program: Command, io: Io): void {
  program
    .command('price')
    .summary('price one call, or JSON lines of calls')
    .description(
      'Prices one call from its disjoint token counts, at the rates of a given time. With --stdin, prices one call per JSON line: {"id"?, "provider", "model", "api"?, "usage", "semantics"?, "service_tier"?, "timestamp"?, "deployment"?, "region"?}, and writes one JSON line for each.',
    )
    .argument('[model]', 'model id as the provider names it')
    .option('--stdin', 'price JSON lines of standard input, in order')
    .option(
      '--computed',
      'with --stdin: our own figure wins over the cost that a provider reported',
    )
    .option(
      '--provider <name>',
      'provider, as in gen_ai.provider.name (default: the one that the model implies)',
    )
    .option('--input <tokens>', 'uncached input tokens')
    .option('--cache-read <tokens>', 'input tokens read from a cache')
    .option('--cache-write <tokens>', 'input tokens written to a cache')
    .option('--output <tokens>', 'visible output tokens')
    .option('--reasoning <tokens>', 'reasoning tokens')
    .option('--service-tier <name>', 'tier as served, such as batch, flex or priority')
    .option('--at <time>', 'price at this ISO time (default: now)')
    .option('--prices <file...>', 'price files, first wins')
    .option('--replace', 'use nothing but the price files')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  tokenmeter price gpt-4o --input 1000 --output 500\n  tokenmeter price --stdin < calls.jsonl > costs.jsonl\n',
    )
    .action(async (model: string | undefined, options) => {
      const { runPrice } = await import('./commands/price.ts');
      await runPrice(model, options, io);
    });
}

function addSql(program: Command, io: Io): void {
  program
    .command('sql')
    .summary('ask the ledger')
    .description(
      'Runs one read-only SQL statement on the ledger: through a running tokenmeter up, else on the file itself. The view llm_telemetry has one row per call.',
    )
    .argument('[statement]', 'the statement; - or none reads it from standard input')
    .addOption(dataOption())
    .addOption(jsonOption().conflicts('csv'))
    .option('--csv', 'CSV with a header')
    .addHelpText(
      'after',
      '\nExample:\n  tokenmeter sql "SELECT feature, sum(cost_usd) AS usd FROM llm_telemetry GROUP BY feature ORDER BY usd DESC"\n',
    )
    .action(async (statement: string | undefined, options) => {
      const { runSql } = await import('./commands/sql.ts');
      await runSql(statement, options, io);
    });
}

function addLedger(program: Command, io: Io): void {
  const ledger = program.command('ledger').summary('work on what the ledger keeps');
  ledger
    .command('reprice')
    .summary('price past calls again')
    .description(
      'Computes what the calls of a range cost at other prices, shows the difference, asks, and writes the new costs beside the old ones: through a running tokenmeter up, else on the file itself. Minutes stay as they were reported.',
    )
    .requiredOption('--from <time>', 'start of the first call, ISO 8601')
    .option('--to <time>', 'calls that start then or later are left out (default: now)')
    .option('--prices <file...>', 'price files, first wins (default: the prices in force)')
    .option('--replace', 'use nothing but the price files')
    .option('--provider <name>', 'only calls of this provider')
    .option('--model <name>', 'only calls that were served by, or asked for, this model')
    .option('--feature <name>', 'only calls of this feature')
    .option('--yes', 'write without asking')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  tokenmeter ledger reprice --from 2026-11-01 --to 2026-12-01 --prices contract.json\n',
    )
    .action(async (options) => {
      const { runLedgerReprice } = await import('./commands/ledger-reprice.ts');
      await runLedgerReprice(options, io);
    });
}

/** Wrong usage of a command throws, and leads to the help of this command. */
function endWithItsHelp(command: Command, path: string): void {
  command.exitOverride().showHelpAfterError(`(tokenmeter ${path} --help says more)`);
}

/**
 * Builds the command with all its sub-commands. Each loads its code only when it runs, because ledger and server take a
 * while. Parsing throws a `CommanderError` instead of ending the process.
 */
export function createProgram(io: Io, version: string): Command {
  const program = new Command('tokenmeter')
    .description('See what your language-model calls cost, and be told when it goes wrong.')
    .version(version, '--version', 'print the version')
    .configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      getOutHelpWidth: () => io.columns,
    })
    .showHelpAfterError('(tokenmeter --help lists the commands)')
    .exitOverride();
  for (const add of [
    addUp,
    addPrice,
    addPrices,
    addSql,
    addLedger,
    addBacktest,
    addWorker,
    addAlerts,
    addIncidents,
    addState,
    addConfig,
    addCollector,
    addDashboards,
    addRules,
  ])
    add(program, io);
  for (const command of program.commands) {
    endWithItsHelp(command, command.name());
    for (const sub of command.commands) {
      endWithItsHelp(sub, `${command.name()} ${sub.name()}`);
    }
  }
  return program;
}

export { CommanderError };
