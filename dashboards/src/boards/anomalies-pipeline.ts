import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  genAi,
  general,
  OVERFLOW,
  PRICES_DATE,
  tokenmeter,
  WORKER_METRICS,
} from '@tokenmeter/semconv';
import { BOARD_UIDS } from '../board-uids.ts';
import { type Naming, prometheusName } from '../naming.ts';
import { RECORDED } from '../rules/recorded.ts';
import { CALLS_30M, CALLS_30M_EXPECTED } from '../rules/recording-rules.ts';
import { DEFAULT_RULE_NUMBERS } from '../rules/rule-numbers.ts';
import { type BoardContext, type BoardOptions, boardContext, buildBoard } from './board.ts';
import { filterMatchers } from './filters.ts';
import { firingAlerts, openIncidents } from './open-incidents.ts';
import { bars, chart, stat, table } from './panels.ts';

const { calls, unpriced, recognised, metered } = RECORDED;

/** The board for whoever is on call: what is unusual, and whether the figures can be trusted. */
export function anomaliesPipeline(options: BoardOptions): Dashboard {
  const context = boardContext(options);
  return buildBoard(
    {
      uid: BOARD_UIDS.pipeline,
      title: 'Anomalies and pipeline',
      description: 'What leaves its pattern, what fires, and whether every call is counted.',
      from: 'now-6h',
      next: context.linkTo('spend'),
      variables: [],
      rows: [
        { id: 100, title: 'What is unusual?', panels: unusual(context) },
        { id: 200, title: 'Is every call counted and priced?', panels: counted(context) },
        {
          id: 300,
          title: 'Does the pipeline keep up?',
          panels: [...keepsUp(context), ...workerPanels()],
        },
      ],
    },
    options,
  );
}

/** Filters of the series that are judged: they have no model. */
function scopeMatchers(naming: Naming): string {
  return `${naming.label(general.serviceName)}=~"$service",${naming.label(general.deploymentEnvironmentName)}=~"$environment",${naming.label(tokenmeter.feature)}=~"$feature"`;
}

function unusual({ naming, linkTo }: BoardContext): readonly Builder<Panel>[] {
  const matchers = scopeMatchers(naming);
  const { warningRatio, criticalRatio } = DEFAULT_RULE_NUMBERS.volume;
  const expected = `sum(${CALLS_30M_EXPECTED}{${matchers}})`;
  return [
    chart(
      {
        id: 1,
        link: linkTo('spend'),
        title: 'Are there more calls than usual?',
        description:
          'Calls in half an hour, the median of this half hour in up to four earlier weeks, and where the rules begin to warn.',
        unit: 'short',
        width: 12,
      },
      [
        { expr: `sum(${CALLS_30M}{${matchers}})`, legend: 'now' },
        { expr: expected, legend: 'expected' },
        { expr: `${warningRatio} * ${expected}`, legend: 'warning' },
        { expr: `${criticalRatio} * ${expected}`, legend: 'critical' },
      ],
    ),
    stat(
      {
        id: 9,
        title: 'How many incidents are open?',
        description:
          'Incidents that the worker told and that are not over, and firing alerts of the rules.',
        unit: 'short',
        decimals: 0,
        width: 4,
        height: 8,
      },
      [
        { expr: `sum(${prometheusName(WORKER_METRICS.openIncidents)})`, legend: 'worker' },
        { expr: `count(${firingAlerts(naming)})`, legend: 'rules' },
      ],
    ),
    table(
      {
        id: 2,
        title: 'What is open?',
        description:
          'Open incidents of the worker and firing alerts of the rules, by what they are about.',
        unit: 'short',
        width: 8,
        height: 8,
      },
      [
        {
          title: 'Worker',
          expr: `sum by (rule, severity, service, feature) (${openIncidents()})`,
          unit: 'short',
          decimals: 0,
        },
        {
          title: 'Rules',
          expr: `count by (rule, severity, service, feature) (${inWordsOfWorker(naming)})`,
          unit: 'short',
          decimals: 0,
        },
      ],
    ),
  ];
}

/** Alerts with the labels that incidents have, so that both stand in the same columns. */
function inWordsOfWorker(naming: Naming): string {
  const renamed = [
    ['rule', 'alertname'],
    ['service', naming.legend(general.serviceName)],
    ['feature', naming.legend(tokenmeter.feature)],
  ] as const;
  return renamed.reduce(
    (expr, [to, from]) => `label_replace(${expr}, "${to}", "$1", "${from}", "(.*)")`,
    firingAlerts(naming),
  );
}

/** The worker's own figures are scraped, so their names have underscores whatever the store does to OTLP. */
function workerPanels(): readonly Builder<Panel>[] {
  const { lag, notices, evaluations } = WORKER_METRICS;
  return [
    chart(
      {
        id: 10,
        title: 'Is the worker on time?',
        description: 'Age of the newest minute that it has judged, by source.',
        unit: 's',
        width: 8,
      },
      [{ expr: `max by (source) (${prometheusName(lag)})` }],
    ),
    chart(
      {
        id: 11,
        title: 'Does it evaluate?',
        description: 'Evaluations per minute, by source.',
        unit: 'short',
        decimals: 1,
        width: 8,
      },
      [{ expr: `60 * sum by (source) (rate(${prometheusName(evaluations)}[$__rate_interval]))` }],
    ),
    chart(
      {
        id: 12,
        title: 'Do notices get out?',
        description: 'Notices in the outbox by state. Waiting ones should be few, dead ones none.',
        unit: 'short',
        width: 8,
      },
      [{ expr: `sum by (state) (${prometheusName(notices)})` }],
    ),
  ];
}

function counted({ gains, naming, linkTo }: BoardContext): readonly Builder<Panel>[] {
  const matchers = filterMatchers(naming);
  const origin = `${naming.label(general.serviceName)}=~"$service",${naming.label(general.deploymentEnvironmentName)}=~"$environment"`;
  const service = naming.label(general.serviceName);
  const over = (counter: typeof metered, window: string, by?: string): string =>
    gains({ counter, window, matchers: origin, ...(by === undefined ? {} : { by }) });
  const model = naming.label(genAi.responseModel);
  const reason = naming.label(tokenmeter.reason);
  return [
    stat(
      {
        id: 3,
        link: linkTo('spend'),
        title: 'Is every recognised call metered?',
        description:
          'Metered among recognised requests. Requests still open pull it down for a moment.',
        unit: 'percentunit',
        decimals: 2,
        width: 4,
        height: 8,
      },
      [{ expr: `${over(metered, '$__range')} / (${over(recognised, '$__range')} > 0)` }],
    ),
    chart(
      {
        id: 4,
        title: 'Where are calls lost?',
        description:
          'Share of the recognised requests of an hour that were never metered, by service.',
        unit: 'percentunit',
        decimals: 1,
        width: 8,
      },
      [
        {
          expr: `clamp_min(1 - ${over(metered, '1h', service)} / (${over(recognised, '1h', service)} > 0), 0)`,
        },
      ],
    ),
    table(
      {
        id: 5,
        link: linkTo('spend'),
        title: 'Which models have no price?',
        description:
          'Calls that are missing in every amount of money, with the reason. Add a price file or update the prices.',
        unit: 'short',
        width: 8,
        height: 8,
      },
      [
        {
          title: 'Calls',
          expr: `${gains({ counter: unpriced, window: '$__range', matchers, by: `${model}, ${reason}` })} > 0`,
          unit: 'short',
          decimals: 0,
        },
      ],
    ),
    bars(
      {
        id: 13,
        title: 'How old are the prices?',
        description:
          'Age of the price table that calls are priced with, by service; the oldest of its processes counts.',
        unit: 's',
        decimals: 1,
        width: 4,
        height: 8,
      },
      {
        expr: `time() - min by (${service}) (last_over_time(${naming.select(PRICES_DATE, origin)}[1h]))`,
      },
    ),
  ];
}

function keepsUp({ gains, naming }: BoardContext): readonly Builder<Panel>[] {
  const service = naming.label(general.serviceName);
  const origin = `${service}=~"$service"`;
  return [
    chart(
      {
        id: 6,
        title: 'Which services report?',
        description:
          'Calls per minute as they were counted, by service. A line that stops is unknown, not zero.',
        unit: 'short',
        width: 8,
      },
      [{ expr: `${gains({ counter: calls, window: '5m', matchers: origin, by: service })} / 5` }],
    ),
    chart(
      {
        id: 7,
        title: 'How full are the Collector’s queues?',
        description:
          'Fill of each exporter’s queue, from the Collector’s own metrics. Empty until they are scraped or pushed.',
        unit: 'percentunit',
        decimals: 0,
        width: 8,
      },
      [
        {
          expr: 'max by (exporter) (otelcol_exporter_queue_size) / max by (exporter) (otelcol_exporter_queue_capacity)',
        },
      ],
    ),
    chart(
      {
        id: 8,
        title: 'Which attributes have too many values?',
        description:
          'Attribute values that were replaced by "other" because of the cap, per hour. Totals stay exact.',
        unit: 'short',
        width: 8,
      },
      [
        {
          expr: `sum by (${naming.label(tokenmeter.overflowAttribute)}) (increase(${naming.select(OVERFLOW, origin)}[1h]))`,
        },
      ],
    ),
  ];
}
