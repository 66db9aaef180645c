import {
  annotationQueriesOf,
  BOARDS,
  type BoardSource,
  createNaming,
  type NamingStyle,
  queriesOf,
} from '@tokenmeter/dashboards';

/** What the variables of a board hold. */
export type Selection = (variable: string) => string;

/** One query of a board. */
export interface PanelExpression {
  readonly board: string;
  readonly panel: string;
  /** Which of the panel's queries it is. */
  readonly index: number;
  readonly expr: string;
  /** Asked at every step of the range, and not once at its end. */
  readonly isRange: boolean;
  /** The panel's shortest step. */
  readonly shortestStep: string | undefined;
}

/** Every query of every board, those of annotations included. */
export function boardQueries(
  style: NamingStyle,
  source: BoardSource = 'recorded',
): readonly PanelExpression[] {
  return BOARDS.flatMap(({ name, render }) => {
    const board = render({ naming: createNaming(style), source });
    const annotations = annotationQueriesOf(board).map((expr) => ({
      panel: 'annotation',
      expr,
      isRange: true,
      shortestStep: undefined,
    }));
    const queries = [...queriesOf(board), ...annotations];
    return queries.map((query, at) => {
      const index = queries.slice(0, at).filter(({ panel }) => panel === query.panel).length;
      return { ...query, board: name, index };
    });
  });
}

/** The windows that Grafana would fill in. */
export interface Windows {
  readonly range: string;
  readonly interval: string;
}

/** Windows of a day's board. */
export const DAY: Windows = { range: '18h', interval: '5m' };

/** A query as Grafana sends it. */
export function substituted(
  expr: string,
  value: Selection,
  groupBy: string,
  { range, interval }: Windows = DAY,
): string {
  return expr
    .replaceAll('$__range', range)
    .replaceAll('$__interval', interval)
    .replaceAll('$__rate_interval', interval)
    .replaceAll('$group_by', groupBy)
    .replaceAll(/\$([a-z_]\w*)/g, (_all, name: string) => value(name));
}

const ONE: Readonly<Record<string, string>> = {
  environment: 'prod',
  service: 'shop',
  team: 'support',
  feature: 'chat',
  provider: 'openai',
  model: 'gpt-4o',
  switch_to: 'gpt-4o',
};
const SEVERAL: Readonly<Record<string, string>> = {
  ...ONE,
  team: '(support|growth)',
  feature: '(chat|search|batch)',
  provider: '(openai|anthropic)',
  model: '(gpt-4o|claude-opus-5-5)',
};

/** Every filter at "All". */
export const ALL: Selection = (name) => (name === 'switch_to' ? 'gpt-4o-mini' : '.*');

/** The selections that every query is tried with. */
export const SELECTIONS: readonly { readonly name: string; readonly value: Selection }[] = [
  { name: 'All', value: ALL },
  { name: 'one value', value: (variable) => ONE[variable] ?? '' },
  { name: 'several values', value: (variable) => SEVERAL[variable] ?? '' },
];

/** Queries that find nothing, by panel and index, and why. */
export type Empty = ReadonlyMap<string, string>;

const NO_WORKER = 'history holds no worker; live.test.ts has one';
const NO_ALERTS = 'alert rules are not evaluated over the past; live.test.ts has alerts';

/** In the weeks and the day of history. */
export const EMPTY_IN_HISTORY: Empty = new Map([
  ['What is open? 0', NO_WORKER],
  ['What is open? 1', NO_ALERTS],
  ['How many incidents are open? 0', NO_WORKER],
  ['How many incidents are open? 1', NO_ALERTS],
  ['annotation 0', NO_WORKER],
  ['annotation 1', NO_ALERTS],
  ['Is the worker on time? 0', NO_WORKER],
  ['Does it evaluate? 0', NO_WORKER],
  ['Do notices get out? 0', NO_WORKER],
  ['How full are the Collector’s queues? 0', 'history holds no Collector; live.test.ts has one'],
]);

const NO_PAST = 'a store of minutes has no week before; stores.test.ts has weeks';
const NO_HOURS = 'no hour is over; stores.test.ts has days';

/** In what a real Collector received in the last minutes. */
export const EMPTY_LIVE: Empty = new Map([
  ['And against last week? 0', NO_PAST],
  ['Is that usual? 1', NO_PAST],
  ['Are there more calls than usual? 1', NO_PAST],
  ['Are there more calls than usual? 2', NO_PAST],
  ['Are there more calls than usual? 3', NO_PAST],
  ['Volume: 150 % warns, 250 % is critical 1', NO_PAST],
  ['Who spends most? 2', NO_PAST],
  ['Where will the month end? 0', NO_HOURS],
  ['Where will the month end? 1', NO_HOURS],
  ['Where will the month end? 2', NO_HOURS],
  ['Which attributes have too many values? 0', 'no attribute is beyond its cap'],
]);
