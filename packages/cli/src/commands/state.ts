import { checkState, exportState, type StateReport } from '@tokenmeter/worker';
import { CommandError, type Io } from '../io.ts';
import { chooseState, type StateOptions } from '../state-file.ts';

/** Says whether the state file is sound and what waits in it. Throws a `CommandError` when it is not sound. */
export function runStateCheck(options: StateOptions, io: Io): void {
  const { path } = chooseState(options, io);
  const report = checkState(path);
  io.stdout(options.json === true ? `${JSON.stringify(report)}\n` : renderReport(report));
  if (report.problems.length > 0) {
    throw new CommandError(report.problems.join('\n'), {
      hint: 'stop the worker, keep a copy of the file, and export what can be read: tokenmeter state export',
    });
  }
}

/** Writes every row of the state as a JSON line. */
export async function runStateExport(options: StateOptions, io: Io): Promise<void> {
  const { path } = chooseState(options, io);
  for (const line of exportState(path)) {
    io.stdout(line);
    if (!(await io.stdoutReady())) return;
  }
}

function renderReport(report: StateReport): string {
  const counts = (table: Readonly<Record<string, number>>): string =>
    Object.entries(table)
      .map(([state, count]) => `${count} ${state}`)
      .join(', ') || 'none';
  const channels = report.channels.map(
    ({ name, failures, disabled }) =>
      `  channel ${name}: ${disabled ?? `${failures} failures in a row`}\n`,
  );
  return [
    `${report.problems.length === 0 ? 'The state is sound' : 'The state is damaged'} (version ${report.version}).\n`,
    `  incidents  ${counts(report.incidents)}\n`,
    `  notices    ${counts(report.notices)}\n`,
    `  mutes      ${report.mutes}\n`,
    ...channels,
  ].join('');
}
