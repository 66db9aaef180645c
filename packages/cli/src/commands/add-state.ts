import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';

function withState(command: Command): Command {
  return command
    .addOption(new Option('--data <dir>', 'folder of the ledger').default('.tokenmeter'))
    .option('--state <file>', 'state file of the worker (default: worker.sqlite in that folder)')
    .option('--config <file>', 'configuration (default: TOKENMETER_CONFIG, else tokenmeter.yaml)');
}

/** Adds `tokenmeter state`. */
export function addState(program: Command, io: Io): void {
  const state = program.command('state').summary('look into what the worker remembers');
  withState(
    state
      .command('check')
      .summary('say whether the state file is sound, and what waits in it')
      .addOption(new Option('--json', 'one JSON object for machines')),
  ).action(async (options) => {
    const { runStateCheck } = await import('./state.ts');
    runStateCheck(options, io);
  });
  withState(
    state
      .command('export')
      .summary('incidents, history, deliveries and mutes as JSON lines')
      .description(
        'Writes every row as one JSON line, {"table": …}, to standard output. Keys that sign links, and what was learned, stay in the file.',
      ),
  ).action(async (options) => {
    const { runStateExport } = await import('./state.ts');
    await runStateExport(options, io);
  });
}
