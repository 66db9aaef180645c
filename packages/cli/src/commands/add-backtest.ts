import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';

const CSV_HELP = `
CSV: header time,service,feature,model,provider,calls,cost_usd,input_tokens,cache_read_tokens,output_tokens
     and, if wanted, environment,team,user,prompt_version,errors,retries; time is the ISO 8601 UTC start of a bucket of at
     most an hour.
     A bucket without a row has no calls, unless --gaps declares it: [{"from": "…Z", "to": "…Z"}].

Example:
  tokenmeter backtest --csv usage.csv --step 5m --time-zone Europe/Berlin
  tokenmeter backtest --csv usage.csv --json | jq -r 'select(.state == "firing") | [.at, .rule, .usd_per_hour] | @tsv'
`;

/** The options that say which past is replayed, and with which rules. */
function withPast(command: Command): Command {
  return command
    .option('--csv <file>', 'usage from a CSV file (below), packed with gzip or not')
    .option('--gaps <file>', 'JSON of the stretches for which the file knows nothing')
    .option(
      '--input-tokens <kind>',
      'whether input_tokens of the file contains cached ones: total or uncached (default: as the file shows)',
    )
    .option(
      '--data <dir>',
      'folder of the ledger that is replayed without another choice',
      '.tokenmeter',
    )
    .option('--source <name>', 'usage from a source of tokenmeter.yaml')
    .option('--prometheus <url>', 'usage from a store with the query API of Prometheus')
    .option('--from <time>', 'start in ledger or store (default: six weeks before the end)')
    .option('--to <time>', 'end in ledger or store (default: now)')
    .option(
      '--step <time>',
      'time between evaluations, a part of an hour (default: the buckets of the file, else 5m)',
    )
    .option(
      '--time-zone <name>',
      'IANA time zone of the hours of the week (default: UTC for a file)',
    )
    .option(
      '--rules <file>',
      'YAML or JSON of rules and their gates (default: the shipped ones for a file)',
    )
    .option('--config <file>', 'configuration (default for ledger and stores: tokenmeter.yaml)');
}

/** Adds `tokenmeter backtest` and `tokenmeter tune`. */
export function addBacktest(program: Command, io: Io): void {
  addTune(program, io);
  withPast(program.command('backtest'))
    .summary('what the rules would have told about the past')
    .description(
      'Replays the rules over past usage as they would have run, step by step and knowing nothing but what came before, and shows what would have fired, how late, and what it cost. Incidents, a summary per rule and a chart go to standard output; --json writes one line for each change of an incident.',
    )
    .option('--html <file>', 'write a report that needs nothing else')
    .addOption(new Option('--json', 'JSON lines for machines'))
    .addHelpText('after', CSV_HELP)
    .action(async (options) => {
      const { runBacktest } = await import('./backtest.ts');
      await runBacktest(options, io);
    });
}

function addTune(program: Command, io: Io): void {
  withPast(program.command('tune'))
    .summary('propose thresholds for a number of alarms')
    .description(
      'Replays past usage with the rules at several strictnesses, counts the alarms, makes usage go wrong to see what each finds, and proposes for each rule the strictness that tells most within a budget of alarms.',
    )
    .requiredOption('--budget <alarms/time>', 'alarms that are welcome, such as 5/week or 1/day')
    .option('--write <file>', 'write the proposed rules as YAML')
    .addOption(new Option('--json', 'JSON lines for machines'))
    .addHelpText('after', '\nExample:\n  tokenmeter tune --budget 5/week --csv usage.csv\n')
    .action(async (options) => {
      const { runTuneCommand } = await import('./tune.ts');
      await runTuneCommand(options, io);
    });
}
