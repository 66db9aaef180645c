import { openDesk } from '@tokenmeter/worker';
import { CommandError, type Io } from '../io.ts';
import { renderIncident } from '../render/render-incidents.ts';
import { chooseState, type StateOptions } from '../state-file.ts';

/** Shows one incident with its history and its deliveries. */
export function runIncidentsShow(id: string, options: StateOptions, io: Io): void {
  const { path, ...render } = chooseState(options, io);
  using open = openDesk(path, render);
  const detail = open.desk.show(id);
  if (detail === undefined) {
    throw new CommandError(`there is no single incident ${id}`, {
      hint: 'tokenmeter incidents list shows their ids',
    });
  }
  io.stdout(
    options.json === true ? `${JSON.stringify(detail)}\n` : renderIncident(detail, render.timeZone),
  );
}
