import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import {
  checkChoice,
  type DashboardChoice,
  dashboardFiles,
  renderDashboard,
} from '../dashboard-files.ts';
import { CommandError, type Io } from '../io.ts';
import { makeFolder } from '../make-folder.ts';
import { renderTable } from '../render/render-table.ts';

/** Lists the boards, and what each answers. */
export async function runDashboardsList(
  options: DashboardChoice & { readonly json?: boolean },
  io: Io,
): Promise<void> {
  checkChoice(options);
  const files = dashboardFiles({ region: 'us-east-1', service: 'example', ...options });
  const rows = files.map(({ name, purpose }) => ({ name, purpose }));
  io.stdout(
    options.json === true
      ? rows.map((row) => `${JSON.stringify(row)}\n`).join('')
      : renderTable(
          [
            { name: 'board', isNumeric: false },
            { name: 'answers', isNumeric: false },
          ],
          rows.map(({ name, purpose }) => [name, purpose]),
        ),
  );
}

/** Prints one board as JSON. */
export async function runDashboardsShow(
  name: string,
  options: DashboardChoice,
  io: Io,
): Promise<void> {
  checkChoice(options);
  const files = dashboardFiles(options);
  const file = files.find((each) => each.name === name);
  if (name === 'alarms' && options.for === 'cloudwatch' && options.service === undefined) {
    throw new CommandError('CloudWatch alarms name the service that they watch', {
      hint: 'add --service, such as --service checkout',
      exitCode: 2,
    });
  }
  if (file === undefined) {
    throw new CommandError(`there is no board ${name} for ${options.for}`, {
      hint: `there are ${files.map((each) => each.name).join(', ')}`,
      exitCode: 2,
    });
  }
  io.stdout(renderDashboard(file));
}

/** Writes the files of one vendor into a folder. */
export async function runDashboardsExport(
  options: DashboardChoice & { readonly out: string; readonly json?: boolean },
  io: Io,
): Promise<void> {
  checkChoice(options);
  const files = dashboardFiles(options);
  const folder = resolve(io.cwd, options.out);
  for (const file of files) {
    const path = join(folder, `${file.name}.json`);
    try {
      await makeFolder(folder);
      await writeFile(path, renderDashboard(file));
    } catch (error) {
      throw new CommandError(`${relative(io.cwd, path)} cannot be written`, {
        hint: 'check that its folder exists and may be written',
        cause: error,
      });
    }
    const written = { file: path, purpose: file.purpose };
    io.stdout(
      options.json === true
        ? `${JSON.stringify(written)}\n`
        : `${relative(io.cwd, path) || path} · ${file.purpose}\n`,
    );
  }
}
