import { userInfo } from 'node:os';
import type { IncidentCommand } from '@tokenmeter/anomaly';
import { openDesk } from '@tokenmeter/worker';
import { CommandError, type Io } from '../io.ts';
import { readDuration } from '../read-duration.ts';
import { chooseState, type StateOptions } from '../state-file.ts';

/** Options of the commands that act on an incident. */
export interface IncidentsActOptions extends StateOptions {
  readonly by?: string;
  readonly cause?: string;
  readonly for?: string;
}

const DONE: Readonly<Record<IncidentCommand['kind'], string>> = {
  acknowledge: 'Acknowledged',
  snooze: 'Snoozed',
  expected: 'Marked as expected',
  resolve: 'Resolved',
};

/** Acts on an incident in the state file; a running worker sees it within a second and tells the channels. */
export function runIncidentsAct(
  { kind, id }: { readonly kind: IncidentCommand['kind']; readonly id: string },
  options: IncidentsActOptions,
  io: Io,
): void {
  const { path, ...render } = chooseState(options, io);
  const command = createCommand(kind, options);
  using open = openDesk(path, render);
  const answer = open.desk.act(id, command);
  if (!answer.ok) {
    throw new CommandError(answer.problem, { hint: 'tokenmeter incidents list shows their ids' });
  }
  if (options.json === true) {
    io.stdout(
      `${JSON.stringify({ ok: true, isNews: answer.isNews, incident: answer.incident })}\n`,
    );
    return;
  }
  const already = answer.isNews ? '' : ' (it was already)';
  io.stdout(`${DONE[kind]}${already}: ${answer.incident.title}\n`);
}

function createCommand(
  kind: IncidentCommand['kind'],
  options: IncidentsActOptions,
): IncidentCommand {
  const epochMs = Date.now();
  const by = { epochMs, actor: options.by ?? userInfo().username };
  switch (kind) {
    case 'acknowledge':
      return { kind, ...by, ...(options.cause === undefined ? {} : { cause: options.cause }) };
    case 'snooze':
      return { kind, ...by, untilEpochMs: epochMs + readDuration(options.for ?? '1h', '--for') };
    case 'expected':
    case 'resolve':
      return { kind, ...by };
    default:
      return kind satisfies never;
  }
}
