import { BOARDS, createNaming, type NamingStyle, queriesOf } from '@tokenmeter/dashboards';

/** What the variables of a board hold. */
export type Selection = (variable: string) => string;

/** One query of a board. */
export interface PanelExpression {
  readonly board: string;
  readonly panel: string;
  /** Which of the panel's queries it is. */
  readonly index: number;
  readonly expr: string;
}

/** Every query of every board that reads recorded series. */
export function boardQueries(style: NamingStyle): readonly PanelExpression[] {
  return BOARDS.flatMap(({ name, render }) => {
    const queries = queriesOf(render({ naming: createNaming(style), source: 'recorded' }));
    return queries.map(({ panel, expr }, at) => {
      const index = queries.slice(0, at).filter((query) => query.panel === panel).length;
      return { board: name, panel, index, expr };
    });
  });
}

/** A query as Grafana sends it. */
export function substituted(expr: string, value: Selection, groupBy: string): string {
  return expr
    .replaceAll('$__range', '18h')
    .replaceAll('$__interval', '5m')
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$group_by', groupBy)
    .replaceAll(/\$([a-z_]\w*)/g, (_all, name: string) => value(name));
}

/** Every filter at "All". */
export const ALL: Selection = (name) => (name === 'switch_to' ? 'gpt-4o-mini' : '.*');

const NO_LAST_WEEK = 'the day has no week before it';
const NO_WORKER = 'no worker is scraped';
const NO_ALERTS = 'alert rules are not evaluated over the past';
const NO_DEVIATION = 'one day has no deviation from other days';

/** Queries that find nothing in one day of one healthy service, and why. */
export const EMPTY: ReadonlyMap<string, string> = new Map([
  ['And against last week? 0', NO_LAST_WEEK],
  ['Is that usual? 1', NO_LAST_WEEK],
  ['Are there more calls than usual? 1', NO_LAST_WEEK],
  ['Are there more calls than usual? 2', NO_LAST_WEEK],
  ['Are there more calls than usual? 3', NO_LAST_WEEK],
  ['Volume: 150 % warns, 250 % is critical 1', NO_LAST_WEEK],
  ['Where will the month end? 0', NO_DEVIATION],
  ['Where will the month end? 2', NO_DEVIATION],
  ['How much of the budget is gone? 1', 'no budget is configured'],
  ['What is open? 0', NO_WORKER],
  ['What is open? 1', NO_ALERTS],
  ['How many incidents are open? 0', NO_WORKER],
  ['How many incidents are open? 1', NO_ALERTS],
  ['Is the worker on time? 0', NO_WORKER],
  ['Does it evaluate? 0', NO_WORKER],
  ['Do notices get out? 0', NO_WORKER],
  ['How full are the Collector’s queues? 0', 'no Collector is scraped'],
]);
