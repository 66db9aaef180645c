import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';

/** Options that say which state is meant. */
function withState(command: Command): Command {
  return command
    .addOption(new Option('--data <dir>', 'folder of the ledger').default('.tokenmeter'))
    .option('--state <file>', 'state file of the worker (default: worker.sqlite in that folder)')
    .option('--config <file>', 'configuration (default: TOKENMETER_CONFIG, else tokenmeter.yaml)')
    .addOption(new Option('--json', 'JSON for machines'));
}

function withActor(command: Command): Command {
  return withState(command).option(
    '--by <name>',
    'who you are (default: the name you logged in by)',
  );
}

function addReads(incidents: Command, io: Io): void {
  withState(
    incidents
      .command('list')
      .summary('what is wrong, and what was')
      .description(
        'Lists incidents, open ones first. Works while the worker runs, and when none does.',
      )
      .option('--open', 'only those that are not over'),
  ).action(async (options) => {
    const { runIncidentsList } = await import('./incidents-list.ts');
    runIncidentsList(options, io);
  });
  withState(
    incidents
      .command('show')
      .summary('one incident, its history and its deliveries')
      .argument('<id>', 'its id, or the beginning of it'),
  ).action(async (id: string, options) => {
    const { runIncidentsShow } = await import('./incidents-show.ts');
    runIncidentsShow(id, options, io);
  });
}

function addActs(incidents: Command, io: Io): void {
  const act = async (
    kind: 'acknowledge' | 'snooze' | 'expected' | 'resolve',
    id: string,
    options: object,
  ): Promise<void> => {
    const { runIncidentsAct } = await import('./incidents-act.ts');
    runIncidentsAct({ kind, id }, { data: '.tokenmeter', ...options }, io);
  };
  const id = ['<id>', 'its id, or the beginning of it'] as const;
  withActor(
    incidents
      .command('ack')
      .summary('take it: escalation stops')
      .argument(...id)
      .option('--cause <text>', 'what it comes from, if you know; stops the advice to roll back'),
  ).action((which: string, options) => act('acknowledge', which, options));
  withActor(
    incidents
      .command('snooze')
      .summary('tell nobody until a time, unless it gets worse')
      .argument(...id)
      .option('--for <time>', 'how long, such as 30m, 4h or 1d', '1h'),
  ).action((which: string, options) => act('snooze', which, options));
  withActor(
    incidents
      .command('expected')
      .summary('nothing is wrong: be silent, and let baselines ignore this time')
      .argument(...id),
  ).action((which: string, options) => act('expected', which, options));
  withActor(
    incidents
      .command('resolve')
      .summary('declare it over, unless it gets worse')
      .argument(...id),
  ).action((which: string, options) => act('resolve', which, options));
}

function addMutes(incidents: Command, io: Io): void {
  withState(
    incidents
      .command('mute')
      .summary('tell nobody of what fits, until a time')
      .description(
        'Mutes every incident that fits all of the given properties; * stands for any characters.',
      )
      .option('--rule <name...>')
      .option('--severity <name...>')
      .option('--service <name...>')
      .option('--environment <name...>')
      .option('--feature <name...>')
      .option('--team <name...>')
      .option('--for <time>', 'how long, such as 30m, 4h or 1d', '1h')
      .option('--reason <text>'),
  ).action(async (options) => {
    const { runIncidentsMute } = await import('./incidents-mute.ts');
    runIncidentsMute(options, io);
  });
  withState(
    incidents.command('unmute').summary('end a mute').argument('<number>', 'as mutes lists it'),
  ).action(async (number: string, options) => {
    const { runIncidentsUnmute } = await import('./incidents-mute.ts');
    runIncidentsUnmute(number, options, io);
  });
  withState(incidents.command('mutes').summary('what is muted')).action(async (options) => {
    const { runIncidentsMutes } = await import('./incidents-mute.ts');
    runIncidentsMutes(options, io);
  });
}

/** Adds `tokenmeter incidents`. */
export function addIncidents(program: Command, io: Io): void {
  const incidents = program.command('incidents').summary('see what is wrong and act on it');
  incidents.addHelpText(
    'after',
    '\nExample:\n  tokenmeter incidents list\n  tokenmeter incidents ack inc-3f2a --cause "new prompt"\n',
  );
  addReads(incidents, io);
  addActs(incidents, io);
  addMutes(incidents, io);
}
