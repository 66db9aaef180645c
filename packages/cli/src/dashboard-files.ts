import {
  BOARDS,
  type BoardOptions,
  type BoardSource,
  cloudwatchAlarms,
  cloudwatchBoard,
  createNaming,
  datadogBoard,
  datadogMonitors,
  type NamingStyle,
} from '@tokenmeter/dashboards';
import { CommandError } from './io.ts';

/** Options that decide what a board looks like. */
export interface DashboardChoice {
  readonly for: 'grafana' | 'datadog' | 'cloudwatch';
  readonly names: NamingStyle;
  readonly raw?: boolean;
  readonly datasourceUid?: string;
  readonly region?: string;
  readonly service?: string;
}

/** One file to write or to show. */
export interface DashboardFile {
  readonly name: string;
  readonly purpose: string;
  /** What the vendor imports, ready for JSON. */
  readonly content: unknown;
}

/** Options that only some vendors' files have. */
const OWN_OPTIONS = [
  { flag: '--names', vendor: 'grafana', isSet: ({ names }) => names !== 'underscores' },
  { flag: '--raw', vendor: 'grafana', isSet: ({ raw }) => raw === true },
  { flag: '--datasource-uid', vendor: 'grafana', isSet: (choice) => 'datasourceUid' in choice },
  { flag: '--region', vendor: 'cloudwatch', isSet: (choice) => 'region' in choice },
  { flag: '--service', vendor: 'cloudwatch', isSet: (choice) => 'service' in choice },
] as const satisfies readonly {
  flag: string;
  vendor: DashboardChoice['for'];
  isSet: (choice: DashboardChoice) => boolean;
}[];

/** Throws where an option says nothing to the chosen vendor. */
export function checkChoice(choice: DashboardChoice): void {
  for (const { flag, vendor, isSet } of OWN_OPTIONS) {
    if (vendor === choice.for || !isSet(choice)) continue;
    throw new CommandError(`${flag} says nothing to ${choice.for}`, {
      hint: `it belongs to --for ${vendor}`,
      exitCode: 2,
    });
  }
}

/** The files of one vendor. Throws where CloudWatch lacks what its files must name. */
export function dashboardFiles(choice: DashboardChoice): readonly DashboardFile[] {
  switch (choice.for) {
    case 'grafana':
      return BOARDS.map(({ name, purpose, render }) => ({
        name,
        purpose,
        content: render(boardOptions(choice)),
      }));
    case 'datadog':
      return [
        {
          name: 'llm-spend',
          purpose: 'the spend board, for Import dashboard JSON',
          content: datadogBoard(),
        },
        {
          name: 'monitors',
          purpose: 'monitors, one object each for POST /api/v1/monitor',
          content: datadogMonitors(),
        },
      ];
    case 'cloudwatch':
      return cloudwatchFiles(choice);
    default:
      return choice.for satisfies never;
  }
}

/** What boards of Grafana are rendered with. */
export function boardOptions({ names, raw, datasourceUid }: DashboardChoice): BoardOptions {
  const source: BoardSource = raw === true ? 'raw' : 'recorded';
  return { naming: createNaming(names), source, datasourceUid };
}

function cloudwatchFiles({ region, service }: DashboardChoice): readonly DashboardFile[] {
  if (region === undefined || region.trim() === '') {
    throw new CommandError('a CloudWatch dashboard names its region', {
      hint: 'add --region, such as --region eu-central-1',
      exitCode: 2,
    });
  }
  const board = {
    name: 'llm-spend',
    purpose: 'the body for aws cloudwatch put-dashboard',
    content: cloudwatchBoard(region),
  };
  if (service === undefined) return [board];
  const alarms = {
    name: 'alarms',
    purpose: 'alarms of one service, each for aws put-metric-alarm',
    content: cloudwatchAlarms(service),
  };
  return [board, alarms];
}

/** JSON as it is written. */
export function renderDashboard({ content }: DashboardFile): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
