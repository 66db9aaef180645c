import { openDesk } from '@tokenmeter/worker';
import type { Io } from '../io.ts';
import { renderIncidents } from '../render/render-incidents.ts';
import { chooseState, type StateOptions } from '../state-file.ts';

/** Options of `tokenmeter incidents list`. */
export interface IncidentsListOptions extends StateOptions {
  readonly open?: boolean;
}

/** Lists incidents, open ones first. */
export function runIncidentsList(options: IncidentsListOptions, io: Io): void {
  const { path, ...render } = chooseState(options, io);
  using open = openDesk(path, render);
  const all = open.desk.list();
  const shown = options.open === true ? all.filter(({ state }) => state !== 'resolved') : all;
  io.stdout(
    options.json === true ? `${JSON.stringify(shown)}\n` : renderIncidents(shown, render.timeZone),
  );
}
