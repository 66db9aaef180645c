import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { genAi, general, tokenmeter } from '@tokenmeter/semconv';
import type { Naming } from '../naming.ts';
import { deltaPerMinute, RECORDED } from '../rules/recorded.ts';
import type { BoardSource } from './gains.ts';

/** A filter of every board: the variable and the attribute that it holds. */
interface Filter {
  readonly variable: string;
  readonly label: string;
  readonly attribute: string;
}

/** Something that charts can be split by. */
export interface Dimension {
  readonly text: string;
  readonly attribute: string;
}

/** The filters; each narrows those after it. */
const FILTERS: readonly Filter[] = [
  { variable: 'environment', label: 'Environment', attribute: general.deploymentEnvironmentName },
  { variable: 'service', label: 'Service', attribute: general.serviceName },
  { variable: 'team', label: 'Team', attribute: tokenmeter.team },
  { variable: 'feature', label: 'Feature', attribute: tokenmeter.feature },
  { variable: 'provider', label: 'Provider', attribute: genAi.providerName },
  { variable: 'model', label: 'Model', attribute: genAi.requestModel },
];

/** What charts can be split by. */
export const DIMENSIONS: readonly Dimension[] = [
  { text: 'feature', attribute: tokenmeter.feature },
  { text: 'team', attribute: tokenmeter.team },
  { text: 'model', attribute: genAi.responseModel },
  { text: 'provider', attribute: genAi.providerName },
  { text: 'service', attribute: general.serviceName },
  { text: 'environment', attribute: general.deploymentEnvironmentName },
  { text: 'route', attribute: general.httpRoute },
  { text: 'prompt version', attribute: genAi.promptVersion },
];

/** The data source that all queries go to. */
export const DATASOURCE: { readonly type: string; readonly uid: string } = {
  type: 'prometheus',
  uid: `\${datasource}`,
};

/** The matchers of all filters; "All" matches calls without the attribute, too. */
export function filterMatchers(naming: Naming): string {
  return FILTERS.map(
    ({ variable, attribute }) => `${naming.label(attribute)}=~"$${variable}"`,
  ).join(',');
}

/** The variable that chooses the data source. */
export function datasourceVariable(uid?: string): DatasourceVariableBuilder {
  const variable = new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type('prometheus');
  return uid === undefined ? variable : variable.current({ text: uid, value: uid });
}

/** The variables of the filters, chained. */
export function filterVariables(
  naming: Naming,
  source: BoardSource,
): readonly QueryVariableBuilder[] {
  return FILTERS.map(({ variable, label, attribute }, index) => {
    const earlier = FILTERS.slice(0, index)
      .map((filter) => `${naming.label(filter.attribute)}=~"$${filter.variable}"`)
      .join(',');
    return chained(new QueryVariableBuilder(variable), {
      naming,
      source,
      attribute,
      matchers: earlier,
    })
      .label(label)
      .multi(true)
      .includeAll(true)
      .allValue('.*')
      .current({ selected: true, text: ['All'], value: ['$__all'] });
  });
}

/** What fills a variable. */
export interface ValuesOf {
  readonly naming: Naming;
  readonly source: BoardSource;
  readonly attribute: string;
  readonly matchers: string;
}

/** Lets a variable offer the values of an attribute. Names with dots need a query: `label_values` cannot quote them. */
export function chained(
  variable: QueryVariableBuilder,
  { naming, source, attribute, matchers }: ValuesOf,
): QueryVariableBuilder {
  const series =
    source === 'raw'
      ? naming.select(RECORDED.calls.spec, matchers)
      : `${deltaPerMinute(RECORDED.calls)}{${matchers}}`;
  const filled =
    naming.style === 'underscores'
      ? variable.query(`label_values(${series}, ${naming.label(attribute)})`)
      : variable
          .query(
            `query_result(count by (${naming.label(attribute)}) (last_over_time(${series}[$__range])))`,
          )
          .regex(`/"?${attribute.replaceAll('.', '\\.')}"?="([^"]+)"/`);
  return filled
    .datasource(DATASOURCE)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}

/** The variable that chooses what charts are split by. */
export function groupByVariable(naming: Naming): CustomVariableBuilder {
  const options = DIMENSIONS.map(({ text, attribute }, index) => ({
    selected: index === 0,
    text,
    value: naming.label(attribute),
  }));
  const [first] = options;
  const variable = new CustomVariableBuilder('group_by')
    .label('Split by')
    .values(options.map(({ text, value }) => `${text} : ${value}`).join(', '))
    .options(options);
  return first === undefined ? variable : variable.current(first);
}
