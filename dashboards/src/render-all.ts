import { BOARDS } from './boards/boards.ts';
import type { BoardSource } from './boards/gains.ts';
import { cloudwatchAlarms } from './cloudwatch/cloudwatch-alarms.ts';
import { cloudwatchBoard } from './cloudwatch/cloudwatch-board.ts';
import { datadogBoard } from './datadog/datadog-board.ts';
import { datadogMonitors } from './datadog/datadog-monitors.ts';
import { createNaming, NAMING_STYLES, type NamingStyle } from './naming.ts';
import {
  DATASOURCE_UID,
  GRAFANA_FOLDER,
  renderBoardProvider,
  renderDatasource,
} from './provisioning.ts';
import { alertRules } from './rules/alert-rules.ts';
import { recordingRules } from './rules/recording-rules.ts';
import { renderGrafanaAlerting } from './rules/render-grafana-alerting.ts';
import { renderPrometheusRules } from './rules/render-prometheus.ts';
import { DEFAULT_RULE_NUMBERS } from './rules/rule-numbers.ts';

type RenderedFile = readonly [path: string, text: string];

/** CloudWatch files name a region and a service; the command fills in the user's. */
const EXAMPLE_REGION = 'us-east-1';
const EXAMPLE_SERVICE = 'checkout';

/** First line of generated YAML. */
const COMMENT = '# generated from dashboards/src by scripts/render-dashboards.mjs: do not edit';

/** Every generated file of this package: its text by its path in the package. */
export function renderAll(): ReadonlyMap<string, string> {
  return new Map([
    ...NAMING_STYLES.flatMap(renderStyle),
    ...boardFiles('grafana/raw', 'underscores', 'raw'),
    ...provisioning(),
    ['datadog/llm-spend.json', renderJson(datadogBoard())],
    ['datadog/monitors.json', renderJson(datadogMonitors())],
    ['cloudwatch/llm-spend.json', renderJson(cloudwatchBoard(EXAMPLE_REGION))],
    ['cloudwatch/alarms.json', renderJson(cloudwatchAlarms(EXAMPLE_SERVICE))],
  ]);
}

function renderStyle(style: NamingStyle): readonly RenderedFile[] {
  const naming = createNaming(style);
  const folder = style === 'underscores' ? '' : `/${style}`;
  const alerts = alertRules(naming, DEFAULT_RULE_NUMBERS);
  return [
    ...boardFiles(`grafana${folder}`, style, 'recorded'),
    [
      `prometheus/rules${folder}/recording.yaml`,
      renderPrometheusRules(recordingRules(naming), COMMENT),
    ],
    [`prometheus/rules${folder}/alerts.yaml`, renderPrometheusRules(alerts, COMMENT)],
  ];
}

function boardFiles(
  folder: string,
  style: NamingStyle,
  source: BoardSource,
): readonly RenderedFile[] {
  return BOARDS.map(({ name, render }) => [
    `${folder}/${name}.json`,
    renderJson(render({ naming: createNaming(style), source })),
  ]);
}

function provisioning(): readonly RenderedFile[] {
  const alerts = alertRules(createNaming('underscores'), DEFAULT_RULE_NUMBERS);
  const target = { datasourceUid: DATASOURCE_UID, folder: GRAFANA_FOLDER };
  return [
    ['grafana/provisioning/datasources/tokenmeter.yaml', renderDatasource(COMMENT)],
    ['grafana/provisioning/dashboards/tokenmeter.yaml', renderBoardProvider(COMMENT)],
    [
      'grafana/provisioning/alerting/tokenmeter.yaml',
      renderGrafanaAlerting(alerts, COMMENT, target),
    ],
  ];
}

/** JSON as people read it in a diff. */
function renderJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
