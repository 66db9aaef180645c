import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { genAi } from '@tokenmeter/semconv';
import { BOARD_UIDS } from '../board-uids.ts';
import { RECORDED } from '../rules/recorded.ts';
import {
  CACHE_HIT_RATIO,
  CALLS_30M,
  CALLS_30M_EXPECTED,
  COST_PER_CALL,
} from '../rules/recording-rules.ts';
import { type BoardContext, type BoardOptions, boardContext, buildBoard } from './board.ts';
import { filterMatchers, groupByVariable } from './filters.ts';
import { bars, chart } from './panels.ts';

/** The dashboard template of "Monitoring Token Spend in Real-Time": its trend, its drivers and its four rules. */
export function articleTemplate(options: BoardOptions): Dashboard {
  const context = boardContext(options);
  return buildBoard(
    {
      uid: BOARD_UIDS.article,
      title: 'Token spend (template)',
      description: 'Spend trend, top cost drivers and the four things to alert on, in one screen.',
      from: 'now-24h',
      next: context.linkTo('spend'),
      variables: [groupByVariable(options.naming)],
      rows: [
        { id: 100, title: 'Trend and drivers', panels: drivers(context) },
        { id: 200, title: 'The four rules', panels: fourRules(context) },
      ],
    },
    options,
  );
}

function drivers({ gains, naming, linkTo }: BoardContext): readonly Builder<Panel>[] {
  const matchers = filterMatchers(naming);
  const spent = (window: string): string =>
    gains({ counter: RECORDED.cost, window, matchers, by: '$group_by' });
  const usd = { unit: 'currencyUSD', decimals: 2 } as const;
  return [
    chart(
      {
        id: 1,
        link: linkTo('spend'),
        title: 'How does spend develop?',
        description: 'USD per interval.',
        ...usd,
        width: 16,
      },
      [{ expr: `${spent('$__interval')} > 0` }],
      'stacked',
    ),
    bars(
      { id: 2, title: 'What drives it?', description: 'The ten largest.', ...usd, width: 8 },
      { expr: `topk(10, ${spent('$__range')})` },
    ),
  ];
}

function fourRules({ gains, naming, linkTo }: BoardContext): readonly Builder<Panel>[] {
  const matchers = filterMatchers(naming);
  const model = naming.label(genAi.responseModel);
  const half = { unit: 'short', width: 12 } as const;
  return [
    chart(
      {
        ...half,
        id: 3,
        link: linkTo('pipeline'),
        title: 'Volume: 150 % warns, 250 % is critical',
        description: 'Calls in half an hour against the usual ones at this time of the week.',
      },
      [
        { expr: `sum(${CALLS_30M})`, legend: 'now' },
        { expr: `sum(${CALLS_30M_EXPECTED})`, legend: 'usual' },
      ],
    ),
    chart(
      {
        ...half,
        id: 4,
        link: linkTo('efficiency'),
        title: 'Cost per request: +50 % warns, +100 % is critical',
        description: 'USD of a call over an hour with at least 20 calls.',
        unit: 'currencyUSD',
        decimals: 5,
      },
      [{ expr: COST_PER_CALL }],
    ),
    chart(
      {
        ...half,
        id: 5,
        link: linkTo('efficiency'),
        title: 'Cache hit rate: below 60 % warns, below 40 % is critical',
        description: 'Hits among the calls that tell, over an hour with at least 50 of them.',
        unit: 'percentunit',
        decimals: 0,
      },
      [{ expr: CACHE_HIT_RATIO }],
    ),
    chart(
      {
        ...half,
        id: 6,
        link: linkTo('efficiency'),
        title: 'Model drift: a model that was not there before',
        interval: '5m',
        description: 'Calls in an hour by the model that answered.',
      },
      [{ expr: gains({ counter: RECORDED.calls, window: '1h', matchers, by: model }) }],
    ),
  ];
}
