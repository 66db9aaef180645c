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
  if (region === undefined) {
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
    purpose: 'alarms of one service, one object each for aws cloudwatch put-metric-alarm',
    content: cloudwatchAlarms(service),
  };
  return [board, alarms];
}

/** JSON as it is written. */
export function renderDashboard({ content }: DashboardFile): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
