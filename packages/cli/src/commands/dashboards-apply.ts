import { BOARDS } from '@tokenmeter/dashboards';
import { boardChanges } from '../board-changes.ts';
import { checkGrafanaUrl } from '../check-grafana-url.ts';
import { boardOptions, type DashboardChoice } from '../dashboard-files.ts';
import { GrafanaClient } from '../grafana-client.ts';
import { CommandError, type Io } from '../io.ts';

/** Options of `tokenmeter dashboards apply`. */
export interface DashboardsApplyOptions extends Omit<DashboardChoice, 'for'> {
  readonly grafanaUrl: string;
  readonly token?: string;
  readonly folder: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

type Action = 'create' | 'update' | 'unchanged';

interface Step {
  readonly name: string;
  readonly uid: string;
  readonly action: Action;
  readonly changes: readonly string[];
  readonly isProvisioned: boolean;
  readonly board: object;
}

/** Brings the boards of a Grafana up to date. Checks everything before it changes anything. */
export async function runDashboardsApply(options: DashboardsApplyOptions, io: Io): Promise<void> {
  checkGrafanaUrl(options.grafanaUrl);
  if (options.folder.trim() === '') {
    throw new CommandError('--folder wants a title', {
      hint: 'leave it out for Tokenmeter',
      exitCode: 2,
    });
  }
  const token = tokenOf(options, io);
  const client = new GrafanaClient({ url: options.grafanaUrl, token });
  const version = await client.checkVersion();
  await checkDatasource(client, options.datasourceUid);
  const steps = await plan(client, options);
  checkWritable(steps);
  if (options.dryRun !== true) {
    const open = steps.filter(({ action }) => action !== 'unchanged');
    const folderUid = open.length === 0 ? '' : await client.folder(options.folder);
    for (const { board } of open) await client.putBoard(board, folderUid);
  }
  for (const step of steps) io.stdout(renderStep(step, options));
  const changed = steps.filter(({ action }) => action !== 'unchanged').length;
  const verb = options.dryRun === true ? 'would change' : 'changed';
  if (options.json !== true) io.stderr(`Grafana ${version}: ${changed} ${verb}\n`);
}

function tokenOf({ token: given }: DashboardsApplyOptions, io: Io): string {
  const token = (given ?? io.env.GRAFANA_TOKEN ?? '').trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new CommandError(
    token === '' ? 'Grafana wants a token' : 'the token holds what no token of Grafana has',
    {
      hint: 'set GRAFANA_TOKEN to a service account token with the role Editor',
      exitCode: 2,
    },
  );
}

/** Grafana refuses to replace what it reads from its own disk. Told before anything is changed. */
function checkWritable(steps: readonly Step[]): void {
  const blocked = steps.filter(({ action, isProvisioned }) => action === 'update' && isProvisioned);
  if (blocked.length === 0) return;
  const names = blocked.map(({ name }) => name).join(', ');
  throw new CommandError(`${names}: Grafana has provisioned these boards from files`, {
    hint: 'replace the files that it provisions (tokenmeter dashboards export), or take them away; nothing was changed',
  });
}

async function checkDatasource(client: GrafanaClient, uid: string | undefined): Promise<void> {
  const all = await client.datasources();
  const usable = all.filter(({ type }) => type === 'prometheus');
  if (uid === undefined ? usable.length > 0 : usable.some((each) => each.uid === uid)) return;
  const named = usable.map((each) => `${each.name} (${each.uid})`).join(', ');
  throw new CommandError(
    uid === undefined
      ? 'Grafana has no data source of type Prometheus'
      : `Grafana has no Prometheus data source with uid ${uid}`,
    { hint: named === '' ? 'add one, then try again; nothing was changed' : `there are ${named}` },
  );
}

function plan(client: GrafanaClient, options: DashboardsApplyOptions): Promise<readonly Step[]> {
  return Promise.all(
    BOARDS.map(async ({ name, render }): Promise<Step> => {
      const board = render(boardOptions({ ...options, for: 'grafana' }));
      const uid = board.uid ?? name;
      const present = await client.board(uid);
      const changes = present === undefined ? [] : boardChanges(present.board, board);
      const action = present === undefined ? 'create' : changes.length > 0 ? 'update' : 'unchanged';
      const isProvisioned = present?.isProvisioned ?? false;
      return { name, uid, action, changes, isProvisioned, board };
    }),
  );
}

function renderStep(
  { name, uid, action, changes }: Step,
  { json, grafanaUrl }: DashboardsApplyOptions,
): string {
  const url = `${grafanaUrl.replace(/\/+$/, '')}/d/${uid}`;
  if (json === true) return `${JSON.stringify({ name, uid, action, changes, url })}\n`;
  return [`${action}  ${name}  ${url}`, ...changes.map((change) => `  ${change}`), ''].join('\n');
}
