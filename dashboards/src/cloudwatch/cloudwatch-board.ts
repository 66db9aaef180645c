import {
  CALLS,
  COST,
  genAi,
  general,
  type MetricSpec,
  TOKENS,
  tokenmeter,
  UNPRICED,
} from '@tokenmeter/semconv';

/** The namespace that the Collector’s `cloudwatch-emf` backend writes to. */
export const CLOUDWATCH_NAMESPACE = 'Tokenmeter';

const BY_SERVICE = [general.serviceName];
const BY_MODEL = [general.serviceName, genAi.providerName, genAi.requestModel];
const BY_FEATURE = [general.serviceName, tokenmeter.feature, tokenmeter.team];

/** A widget of a CloudWatch dashboard body. */
interface CloudwatchWidget {
  readonly type: 'metric' | 'text';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The body of a CloudWatch dashboard. */
export interface CloudwatchBody {
  readonly start: string;
  readonly widgets: readonly CloudwatchWidget[];
}

/** Every series of a metric with exactly these dimensions, summed by CloudWatch when it draws. */
function search(spec: MetricSpec, dimensions: readonly string[], periodSeconds: number): string {
  const schema = [CLOUDWATCH_NAMESPACE, ...dimensions].map(quoted).join(',');
  return `SEARCH('{${schema}} MetricName="${spec.name}"', 'Sum', ${periodSeconds})`;
}

/** Names with dots are quoted in a search. */
function quoted(name: string): string {
  return name.includes('.') ? `"${name}"` : name;
}

/** The spend board on the names of the `cloudwatch-emf` backend. */
export function cloudwatchBoard(region: string): CloudwatchBody {
  const metric = inRegion(region);
  const cost = search(COST, BY_SERVICE, 3600);
  const calls = search(CALLS, BY_SERVICE, 3600);
  return {
    start: '-P1D',
    widgets: [
      metric({ title: 'What was spent, by hour (USD)?', x: 0, y: 0, width: 8 }, [
        { expression: `SUM(${cost})`, id: 'spend' },
      ]),
      metric({ title: 'What does a call cost (USD)?', x: 8, y: 0, width: 8 }, [
        { expression: `SUM(${cost})`, id: 'cost', visible: false },
        { expression: `SUM(${calls})`, id: 'calls', visible: false },
        { expression: 'cost / calls', id: 'each', label: 'USD per call' },
      ]),
      metric({ title: 'How many calls have no price?', x: 16, y: 0, width: 8 }, [
        { expression: `SUM(${search(UNPRICED, BY_SERVICE, 3600)})`, id: 'unpriced' },
      ]),
      metric({ title: 'Who spends it, by feature (USD)?', x: 0, y: 6, width: 12, stacked: true }, [
        { expression: search(COST, BY_FEATURE, 3600), id: 'features' },
      ]),
      metric({ title: 'Which models take it (USD)?', x: 12, y: 6, width: 12, stacked: true }, [
        { expression: search(COST, BY_MODEL, 3600), id: 'models' },
      ]),
      metric({ title: 'How many tokens, by service?', x: 0, y: 12, width: 12, stacked: true }, [
        { expression: search(TOKENS, BY_SERVICE, 3600), id: 'tokens' },
      ]),
      metric({ title: 'Is the number of calls usual?', x: 12, y: 12, width: 12 }, [
        { expression: `SUM(${search(CALLS, BY_SERVICE, 300)})`, id: 'now' },
        { expression: 'ANOMALY_DETECTION_BAND(now, 3)', id: 'band', label: 'usual' },
      ]),
    ],
  };
}

interface Place {
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly stacked?: boolean;
}

type MetricWidget = (
  place: Place,
  expressions: readonly Readonly<Record<string, unknown>>[],
) => CloudwatchWidget;

/** Every widget names its region. */
function inRegion(region: string): MetricWidget {
  return ({ title, x, y, width, stacked = false }, expressions) => ({
    type: 'metric',
    x,
    y,
    width,
    height: 6,
    properties: {
      title,
      view: 'timeSeries',
      stacked,
      region,
      metrics: expressions.map((expression) => [expression]),
    },
  });
}
