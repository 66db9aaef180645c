import {
  cloudwatchAlarms,
  cloudwatchBoard,
  datadogBoard,
  datadogMonitors,
} from '@tokenmeter/dashboards';

/** A metric that a vendor is asked for, and the tags or dimensions that the question names. */
export interface VendorQuery {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** Every metric query of the Datadog board and its monitors. */
export function datadogQueries(): readonly VendorQuery[] {
  const variables = new Map(
    datadogBoard().template_variables.map(({ name, prefix }) => [
      `$${String(name)}`,
      String(prefix),
    ]),
  );
  const text = textsOf([datadogBoard(), datadogMonitors()]).join('\n');
  const queries = text.matchAll(/\b(?:sum|p95|p99):([\w.]+)\{([^}]*)\}(?: by \{([^}]*)\})?/g);
  return [...queries].map(([, metric = '', scope = '', by = '']) => ({
    metric,
    labels: [
      ...scope
        .replaceAll(/ IN \([^)]*\)/g, '')
        .split(',')
        .filter((part) => part !== '*')
        .map((part) => variables.get(part) ?? part.replace(/:.*/, '')),
      ...by.split(',').filter((part) => part !== ''),
    ],
  }));
}

/** Every metric query of the CloudWatch board and alarms; each names exactly the dimensions of one declared set. */
export function cloudwatchQueries(): readonly VendorQuery[] {
  const searches = textsOf(cloudwatchBoard('eu-central-1')).flatMap((text) =>
    [...text.matchAll(/SEARCH\('\{([^}]*)\} MetricName="([^"]+)"'/g)].map(
      ([, schema = '', metric = '']) => ({
        metric,
        labels: schema
          .split(',')
          .slice(1)
          .map((name) => name.replaceAll('"', '')),
      }),
    ),
  );
  const alarms = cloudwatchAlarms('shop').flatMap(({ Metrics }) =>
    Metrics.flatMap(({ MetricStat }) =>
      MetricStat === undefined
        ? []
        : [
            {
              metric: MetricStat.Metric.MetricName,
              labels: MetricStat.Metric.Dimensions.map(({ Name }) => Name),
            },
          ],
    ),
  );
  return [...searches, ...alarms];
}

/** Every text in a value. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}
