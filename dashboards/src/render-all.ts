import { BOARDS } from './boards/boards.ts';
import { createNaming, NAMING_STYLES, type NamingStyle } from './naming.ts';
import { alertRules } from './rules/alert-rules.ts';
import { recordingRules } from './rules/recording-rules.ts';
import { renderPrometheusRules } from './rules/render-prometheus.ts';
import { DEFAULT_RULE_NUMBERS } from './rules/rule-numbers.ts';

const COMMENT = '# generated from dashboards/src by scripts/render-dashboards.mjs: do not edit';

/** Every generated file of this package: its text by its path in the package. */
export function renderAll(): ReadonlyMap<string, string> {
  return new Map(NAMING_STYLES.flatMap(renderStyle));
}

function renderStyle(style: NamingStyle): readonly (readonly [string, string])[] {
  const naming = createNaming(style);
  const folder = style === 'underscores' ? '' : `${style}/`;
  return [
    ...BOARDS.map(
      ({ name, render }) =>
        [
          `grafana/${folder}${name}.json`,
          renderJson(render({ naming, source: 'recorded' })),
        ] as const,
    ),
    [
      `prometheus/rules/${folder}recording.yaml`,
      renderPrometheusRules(recordingRules(naming), COMMENT),
    ],
    [
      `prometheus/rules/${folder}alerts.yaml`,
      renderPrometheusRules(alertRules(naming, DEFAULT_RULE_NUMBERS), COMMENT),
    ],
  ];
}

/** JSON as people read it in a diff. */
function renderJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
