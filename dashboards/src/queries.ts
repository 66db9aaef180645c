import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** One PromQL expression of a board and where it stands. */
export interface BoardQuery {
  readonly panel: string;
  readonly expr: string;
  /** Asked at every step of the range, and not once at its end. */
  readonly isRange: boolean;
  /** The panel's shortest step, as a duration; undefined without one. */
  readonly shortestStep: string | undefined;
}

/** Every PromQL expression of a board's panels. Queries to trace stores are not among them. */
export function queriesOf(board: Dashboard): readonly BoardQuery[] {
  return (board.panels ?? []).flatMap((panel) => {
    const targets: unknown = Reflect.get(panel, 'targets');
    const title: unknown = Reflect.get(panel, 'title');
    const interval: unknown = Reflect.get(panel, 'interval');
    const shortestStep = typeof interval === 'string' ? interval : undefined;
    if (!Array.isArray(targets)) return [];
    return targets.flatMap((target: unknown) => {
      const expr: unknown = Reflect.get(Object(target), 'expr');
      const isRange = Reflect.get(Object(target), 'range') === true;
      return typeof expr === 'string'
        ? [{ panel: String(title), expr, isRange, shortestStep }]
        : [];
    });
  });
}

/** Every PromQL expression of a board's annotations. */
export function annotationQueriesOf(board: Dashboard): readonly string[] {
  return (board.annotations?.list ?? []).flatMap(({ expr }) => (expr === undefined ? [] : [expr]));
}

/** What fills the variables of a board, as Grafana's Prometheus data source is asked. */
export function variableQueriesOf(board: Dashboard): readonly string[] {
  return (board.templating?.list ?? []).flatMap(({ type, query }) => {
    if (type !== 'query' || typeof query !== 'string') return [];
    return [/^query_result\((.*)\)$/.exec(query)?.[1] ?? query];
  });
}
