import {
  CALL_COST,
  CALLS,
  COST,
  genAi,
  general,
  type MetricSpec,
  TOKENS,
  tokenmeter,
  UNPRICED,
} from '@tokenmeter/semconv';
import { datadogTag } from './datadog-names.ts';

/** A widget of Datadog's dashboard API (v1). */
interface DatadogWidget {
  readonly definition: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly layout?: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
}

/** A dashboard as Datadog imports it. */
export interface DatadogDashboard {
  readonly title: string;
  readonly description: string;
  readonly layout_type: 'ordered';
  readonly template_variables: readonly Readonly<Record<string, unknown>>[];
  readonly widgets: readonly DatadogWidget[];
}

const VARIABLES = [
  { name: 'env', attribute: general.deploymentEnvironmentName },
  { name: 'service', attribute: general.serviceName },
  { name: 'team', attribute: tokenmeter.team },
  { name: 'feature', attribute: tokenmeter.feature },
  { name: 'provider', attribute: genAi.providerName },
  { name: 'model', attribute: genAi.requestModel },
] as const;

const SCOPE = VARIABLES.map(({ name }) => `$${name}`).join(',');
/** Costs of single calls are not kept apart by team. */
const CALL_SCOPE = VARIABLES.filter(({ attribute }) => attribute !== tokenmeter.team)
  .map(({ name }) => `$${name}`)
  .join(',');
const FEATURE = datadogTag(tokenmeter.feature);
const MODEL = datadogTag(genAi.responseModel);

/** A sum of a counter over each interval; Datadog gets deltas. */
function sum(spec: MetricSpec, by: readonly string[] = [], more = ''): string {
  const scope = more === '' ? SCOPE : `${SCOPE},${more}`;
  const grouping = by.length === 0 ? '' : ` by {${by.join(',')}}`;
  return `sum:${spec.name}{${scope}}${grouping}.as_count()`;
}

/** The spend board in Datadog: the same questions as Grafana’s, on the names that the Collector’s Datadog backend sends. */
export function datadogBoard(): DatadogDashboard {
  return {
    title: 'LLM Spend (Tokenmeter)',
    description: 'What language models cost, who spends it, and whether every call has a price.',
    layout_type: 'ordered',
    template_variables: VARIABLES.map(({ name, attribute }) => ({
      name,
      prefix: datadogTag(attribute),
      available_values: [],
      defaults: ['*'],
    })),
    widgets: [
      group('How much is it now?', now()),
      group('Who spends it?', where()),
      group('How are the tokens used?', efficiency()),
    ],
  };
}

function now(): readonly DatadogWidget[] {
  return [
    value('What was spent?', { query: sum(COST), aggregator: 'sum', unit: 'dollar' }),
    value('How many calls?', { query: sum(CALLS), aggregator: 'sum' }),
    formula('What does a call cost?', { a: sum(COST), b: sum(CALLS) }, 'a / b'),
    formula(
      'How much of it has a price?',
      { a: sum(UNPRICED), b: sum(CALLS) },
      '100 * (1 - default_zero(a) / b)',
    ),
  ];
}

function where(): readonly DatadogWidget[] {
  return [
    series('When was it spent?', 'bars', [sum(COST, [FEATURE])]),
    series('Is that usual?', 'line', [sum(COST), `week_before(${sum(COST)})`]),
    toplist('Which features spend most?', sum(COST, [FEATURE])),
    toplist('Which models take it?', sum(COST, [MODEL])),
    series('What do the dearest calls cost?', 'line', [
      `p95:${CALL_COST.name}{${CALL_SCOPE}} by {${FEATURE}}`,
      `p99:${CALL_COST.name}{${CALL_SCOPE}} by {${FEATURE}}`,
    ]),
    toplist('Which models have no price?', sum(UNPRICED, [MODEL, datadogTag(tokenmeter.reason)])),
  ];
}

function efficiency(): readonly DatadogWidget[] {
  const cache = datadogTag(tokenmeter.cache);
  return [
    series('Which tokens are used?', 'bars', [sum(TOKENS, [datadogTag(tokenmeter.tokenClass)])]),
    ratio(
      'How many calls hit the cache?',
      {
        a: sum(CALLS, [FEATURE], `${cache}:hit`),
        b: sum(CALLS, [FEATURE], `${cache} IN (hit,miss)`),
      },
      '100 * default_zero(a) / b',
    ),
    ratio(
      'How many calls are retries?',
      {
        a: sum(CALLS, [FEATURE], `${datadogTag(tokenmeter.retry)}:true`),
        b: sum(CALLS, [FEATURE]),
      },
      '100 * default_zero(a) / b',
    ),
  ];
}

function group(title: string, widgets: readonly DatadogWidget[]): DatadogWidget {
  return { definition: { type: 'group', layout_type: 'ordered', title, widgets } };
}

interface Value {
  readonly query: string;
  readonly aggregator: string;
  readonly unit?: string;
}

function value(title: string, { query, aggregator }: Value): DatadogWidget {
  return {
    definition: {
      type: 'query_value',
      title,
      precision: 2,
      autoscale: true,
      requests: [
        {
          response_format: 'scalar',
          queries: [{ data_source: 'metrics', name: 'a', query, aggregator }],
          formulas: [{ formula: 'a' }],
        },
      ],
    },
  };
}

type Queries = Readonly<Record<string, string>>;

function formula(title: string, queries: Queries, text: string): DatadogWidget {
  return {
    definition: {
      type: 'query_value',
      title,
      precision: 4,
      autoscale: false,
      requests: [
        {
          response_format: 'scalar',
          queries: Object.entries(queries).map(([name, query]) => ({
            data_source: 'metrics',
            name,
            query,
            aggregator: 'sum',
          })),
          formulas: [{ formula: text }],
        },
      ],
    },
  };
}

function ratio(title: string, queries: Queries, text: string): DatadogWidget {
  return timeseries(title, 'line', queries, [text]);
}

function series(
  title: string,
  display: 'bars' | 'line',
  queries: readonly string[],
): DatadogWidget {
  const named = Object.fromEntries(
    queries.map((query, index) => [String.fromCharCode(97 + index), query]),
  );
  return timeseries(title, display, named, Object.keys(named));
}

function timeseries(
  title: string,
  display: 'bars' | 'line',
  queries: Queries,
  formulas: readonly string[],
): DatadogWidget {
  return {
    definition: {
      type: 'timeseries',
      title,
      show_legend: true,
      requests: [
        {
          response_format: 'timeseries',
          display_type: display,
          queries: Object.entries(queries).map(([name, query]) => ({
            data_source: 'metrics',
            name,
            query,
          })),
          formulas: formulas.map((text) => ({ formula: text })),
        },
      ],
    },
  };
}

function toplist(title: string, query: string): DatadogWidget {
  return {
    definition: {
      type: 'toplist',
      title,
      requests: [
        {
          response_format: 'scalar',
          queries: [{ data_source: 'metrics', name: 'a', query, aggregator: 'sum' }],
          formulas: [{ formula: 'a', limit: { count: 20, order: 'desc' } }],
        },
      ],
    },
  };
}
