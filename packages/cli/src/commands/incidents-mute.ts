import { type IncidentMatch, openDesk } from '@tokenmeter/worker';
import { CommandError, type Io } from '../io.ts';
import { readDuration } from '../read-duration.ts';
import { renderTime } from '../render/render-incidents.ts';
import { renderTable } from '../render/render-table.ts';
import { chooseState, type StateOptions } from '../state-file.ts';

/** Options of `tokenmeter incidents mute`. */
export interface IncidentsMuteOptions extends StateOptions, IncidentMatch {
  readonly for: string;
  readonly reason?: string;
}

const KEYS = ['rule', 'severity', 'service', 'environment', 'feature', 'team'] as const;

/** Mutes what fits until a time. */
export function runIncidentsMute(options: IncidentsMuteOptions, io: Io): void {
  const { path, ...render } = chooseState(options, io);
  const match = Object.fromEntries(
    KEYS.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])),
  );
  if (Object.keys(match).length === 0) {
    throw new CommandError('a mute needs at least one property', {
      hint: 'such as --service shop, or --rule "*" for everything',
      exitCode: 2,
    });
  }
  const fromEpochMs = Date.now();
  const untilEpochMs = fromEpochMs + readDuration(options.for, '--for');
  using open = openDesk(path, render);
  const { reason } = options;
  const mute = { match, fromEpochMs, untilEpochMs, ...(reason === undefined ? {} : { reason }) };
  const id = open.desk.mute(mute);
  io.stdout(
    options.json === true
      ? `${JSON.stringify({ id, ...mute })}\n`
      : `Muted until ${renderTime(untilEpochMs, render.timeZone)}. To end it: tokenmeter incidents unmute ${id}\n`,
  );
}

/** Ends a mute. */
export function runIncidentsUnmute(number: string, options: StateOptions, io: Io): void {
  const { path, ...render } = chooseState(options, io);
  using open = openDesk(path, render);
  if (!open.desk.unmute(Number(number))) {
    throw new CommandError(`there is no mute ${number}`, {
      hint: 'tokenmeter incidents mutes lists them; those of tokenmeter.yaml end there',
    });
  }
  io.stdout(options.json === true ? `{"id":${Number(number)}}\n` : `Mute ${number} has ended.\n`);
}

/** Lists mutes, without those of the configuration. */
export function runIncidentsMutes(options: StateOptions, io: Io): void {
  const { path, ...render } = chooseState(options, io);
  using open = openDesk(path, render);
  const mutes = open.desk.mutes(Date.now());
  if (options.json === true) io.stdout(`${JSON.stringify(mutes)}\n`);
  else if (mutes.length === 0) io.stdout('Nothing is muted.\n');
  else {
    const rows = mutes.map(({ id, match, untilEpochMs, reason = '' }) => [
      String(id),
      Object.entries(match)
        .map(([key, values]) => `${key}=${values.join('|')}`)
        .join(' '),
      renderTime(untilEpochMs, render.timeZone),
      reason,
    ]);
    const names = ['number', 'what', 'until', 'reason'];
    io.stdout(
      renderTable(
        names.map((name) => ({ name, isNumeric: false })),
        rows,
      ),
    );
  }
}
