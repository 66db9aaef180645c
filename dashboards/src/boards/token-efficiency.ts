import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  type Panel,
  QueryVariableBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { genAi, tokenmeter } from '@tokenmeter/semconv';
import { BOARD_UIDS } from '../board-uids.ts';
import { RECORDED } from '../rules/recorded.ts';
import { type BoardContext, type BoardOptions, boardContext, buildBoard } from './board.ts';
import { chained, filterMatchers, groupByVariable } from './filters.ts';
import { chart, stat, table } from './panels.ts';

const { cost, calls, tokens } = RECORDED;

const CACHE_READS = 'cache_read.*';
const INPUTS = 'input.*|cache_.*';
const OUTPUTS = 'output.*|reasoning';

/** The board for engineers: what the tokens are, what they do, and what another model would cost. */
export function tokenEfficiency(options: BoardOptions): Dashboard {
  const { naming, source } = options;
  const context = boardContext(options);
  const target = chained(new QueryVariableBuilder('switch_to'), {
    naming,
    source,
    attribute: genAi.responseModel,
    matchers: '',
  }).label('Compare with model');
  return buildBoard(
    {
      uid: BOARD_UIDS.efficiency,
      title: 'Token efficiency',
      description:
        'What the tokens are, how well the cache works, and what another model would cost.',
      from: 'now-24h',
      next: context.linkTo('spend'),
      variables: [groupByVariable(naming), target],
      rows: [
        { id: 100, title: 'What are the tokens?', panels: classes(context) },
        { id: 200, title: 'Does the cache work?', panels: cache(context) },
        {
          id: 300,
          title: 'What does a call cost, and what would it elsewhere?',
          panels: models(context),
        },
      ],
    },
    options,
  );
}

/** Tokens of some classes over a window. */
function tokensOf(
  { gains, naming }: BoardContext,
  classNames: string,
  window: string,
  by?: string,
): string {
  const matchers = `${filterMatchers(naming)},${naming.label(tokenmeter.tokenClass)}=~"${classNames}"`;
  return gains({ counter: tokens, window, matchers, ...(by === undefined ? {} : { by }) });
}

function classes(context: BoardContext): readonly Builder<Panel>[] {
  const { naming, linkTo } = context;
  const called = (window: string): string =>
    context.gains({ counter: calls, window, matchers: filterMatchers(naming), by: '$group_by' });
  return [
    chart(
      {
        id: 1,
        link: linkTo('spend'),
        title: 'Which tokens are used?',
        description: 'Tokens by class. The classes are disjoint: together they are what is billed.',
        unit: 'short',
        width: 12,
      },
      [
        {
          expr: `${tokensOf(context, '.*', '$__interval', naming.label(tokenmeter.tokenClass))} > 0`,
        },
      ],
      'stacked',
    ),
    chart(
      {
        id: 2,
        title: 'How long are calls?',
        interval: '5m',
        description: 'Tokens of one call over an hour, by the chosen split.',
        unit: 'short',
        width: 6,
      },
      [{ expr: `${tokensOf(context, '.*', '1h', '$group_by')} / (${called('1h')} > 0)` }],
    ),
    chart(
      {
        id: 3,
        title: 'How much comes out for what goes in?',
        interval: '5m',
        description: 'Output tokens for each input token, cached ones included, over an hour.',
        unit: 'short',
        decimals: 2,
        width: 6,
      },
      [
        {
          expr: `${tokensOf(context, OUTPUTS, '1h', '$group_by')} / (${tokensOf(context, INPUTS, '1h', '$group_by')} > 0)`,
        },
      ],
    ),
  ];
}

function cache(context: BoardContext): readonly Builder<Panel>[] {
  const { gains, naming } = context;
  const by = '$group_by';
  const callsWith = (label: string, values: string): string =>
    gains({
      counter: calls,
      window: '$__range',
      matchers: `${filterMatchers(naming)},${naming.label(label)}=~"${values}"`,
    });
  const filters = filterMatchers(naming);
  const spent = gains({ counter: cost, window: '$__range', matchers: filters });
  const called = gains({ counter: calls, window: '$__range', matchers: filters });
  return [
    chart(
      {
        id: 4,
        title: 'What share of the input comes from the cache?',
        interval: '5m',
        description:
          'Cached input tokens among all input tokens over an hour, by the chosen split.',
        unit: 'percentunit',
        decimals: 0,
        width: 12,
      },
      [
        {
          expr: `${tokensOf(context, CACHE_READS, '1h', by)} / (${tokensOf(context, INPUTS, '1h', by)} > 0)`,
        },
      ],
    ),
    stat(
      {
        id: 5,
        title: 'How many calls hit the cache?',
        description: 'Hits among the calls whose provider says so.',
        unit: 'percentunit',
        decimals: 1,
        width: 4,
      },
      [
        {
          expr: `(${callsWith(tokenmeter.cache, 'hit')} or vector(0)) / (${callsWith(tokenmeter.cache, 'hit|miss')} > 0)`,
        },
      ],
    ),
    stat(
      {
        id: 6,
        title: 'What do retries cost?',
        description: 'Calls that were sent again, at the average cost of a call.',
        unit: 'currencyUSD',
        decimals: 2,
        width: 4,
      },
      [
        {
          expr: `(${callsWith(tokenmeter.retry, 'true')} or vector(0)) * ${spent} / (${called} > 0)`,
        },
      ],
    ),
    stat(
      {
        id: 7,
        title: 'What do cut and failed calls cost?',
        description:
          'Calls that were aborted, cut or failed, at the average cost of a call: what a finished answer would have been worth.',
        unit: 'currencyUSD',
        decimals: 2,
        width: 4,
      },
      [
        {
          expr: `(${callsWith(tokenmeter.outcome, 'error|aborted|incomplete')} or vector(0)) * ${spent} / (${called} > 0)`,
        },
      ],
    ),
  ];
}

function models({ gains, naming, linkTo }: BoardContext): readonly Builder<Panel>[] {
  const model = naming.label(genAi.responseModel);
  const matchers = filterMatchers(naming);
  const spent = gains({ counter: cost, window: '$__range', matchers, by: model });
  const called = gains({ counter: calls, window: '$__range', matchers, by: model });
  const used = gains({ counter: tokens, window: '$__range', matchers, by: model });
  const usd = { unit: 'currencyUSD', decimals: 2 } as const;
  const perToken = `scalar(sum(${gains({ counter: cost, window: '$__range', matchers: `${model}=~"$switch_to"` })}) / sum(${gains({ counter: tokens, window: '$__range', matchers: `${model}=~"$switch_to"` })}))`;
  return [
    table(
      {
        id: 8,
        link: linkTo('spend'),
        title: 'What do 1,000 calls cost on each model, and what would a switch save?',
        description:
          'The last column is what these tokens would have cost less at the average price of a token on the chosen model; negative means more. Models count tokens differently and answers differ: a first estimate.',
        unit: 'short',
        width: 24,
      },
      [
        { title: 'USD', expr: spent, ...usd },
        { title: 'Calls', expr: called, unit: 'short', decimals: 0 },
        { title: 'USD per 1,000 calls', expr: `1000 * ${spent} / (${called} > 0)`, ...usd },
        { title: 'USD per million tokens', expr: `1e6 * ${spent} / (${used} > 0)`, ...usd },
        { title: 'Saved by the switch', expr: `${spent} - ${used} * ${perToken}`, ...usd },
      ],
    ),
  ];
}
