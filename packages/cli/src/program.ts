import { Command, CommanderError, Option } from 'commander';
import { runAlertsTest } from './commands/alerts.ts';
import { runPrice } from './commands/price.ts';
import { runSql } from './commands/sql.ts';
import { runUp } from './commands/up.ts';
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
    .option('--ready-file <file>', 'write {"url","pid"} there once everything runs')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  tokenmeter up\n  node --import @tokenmeter/node app.js   (in another terminal)\n',
    )
    .action((options) => runUp(options, io));
}

function addPrice(program: Command, io: Io): void {
  program
    .command('price')
    .summary('price one call')
    .description('Prices one call from its disjoint token counts, at the rates of a given time.')
    .argument('<model>', 'model id as the provider names it')
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
    .addHelpText('after', '\nExample:\n  tokenmeter price gpt-4o --input 1000 --output 500\n')
    .action((model: string, options) => runPrice(model, options, io));
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
    .action((statement: string | undefined, options) => runSql(statement, options, io));
}

function addAlerts(program: Command, io: Io): void {
  const alerts = program.command('alerts').summary('check where alerts go');
  alerts
    .command('test')
    .summary('send a marked test through every channel')
    .description(
      'Sends a marked test through every configured channel and says what each answered. TOKENMETER_WEBHOOK_URL and TOKENMETER_WEBHOOK_SECRET configure the signed webhook.',
    )
    .addOption(jsonOption())
    .action((options) => runAlertsTest(options, io));
}

/** Builds the command with all its sub-commands. Parsing throws a `CommanderError` instead of ending the process. */
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
  for (const add of [addUp, addPrice, addSql, addAlerts]) add(program, io);
  for (const command of program.commands) {
    command.exitOverride();
    for (const sub of command.commands) sub.exitOverride();
  }
  return program;
}

export { CommanderError };
