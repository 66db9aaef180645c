import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DatasourceVariableBuilder,
  type Panel,
  TextBoxVariableBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { DataqueryBuilder as TempoQueryBuilder } from '@grafana/grafana-foundation-sdk/tempo';
import { CALL_COST, genAi, tokenmeter } from '@tokenmeter/semconv';
import { BOARD_UIDS } from '../board-uids.ts';
import { RECORDED } from '../rules/recorded.ts';
import { BUDGET, CALL_COST_BUCKETS } from '../rules/recording-rules.ts';
import { type BoardContext, type BoardOptions, boardContext, buildBoard } from './board.ts';
import { filterMatchers, groupByVariable } from './filters.ts';
import { bars, chart, stat, table, trend } from './panels.ts';

const { cost, calls, unpriced } = RECORDED;

/** The board for whoever pays: what is spent, by whom, and where it ends. */
export function llmSpend(options: BoardOptions): Dashboard {
  const context = boardContext(options);
  return buildBoard(
    {
      uid: BOARD_UIDS.spend,
      title: 'LLM Spend',
      description: 'What language models cost, who spends it, and where the month ends.',
      from: 'now-24h',
      next: context.linkTo('efficiency'),
      variables: [
        groupByVariable(options.naming),
        new DatasourceVariableBuilder('traces').label('Traces').type('tempo'),
        new TextBoxVariableBuilder('min_cost').label('Calls from USD').defaultValue('0.10'),
      ],
      rows: [
        { id: 100, title: 'How much is it now?', panels: now(context) },
        { id: 200, title: 'When was it spent, and by whom?', panels: where(context) },
        { id: 300, title: 'What do single calls cost?', panels: tail(context) },
      ],
    },
    options,
  );
}

function now({ gains, naming, linkTo }: BoardContext): readonly Builder<Panel>[] {
  const matchers = filterMatchers(naming);
  const spent = (window: string, offset?: string): string =>
    gains({ counter: cost, window, matchers, ...(offset === undefined ? {} : { offset }) });
  const usd = { unit: 'currencyUSD', decimals: 2 } as const;
  return [
    stat(
      {
        id: 1,
        title: 'What was spent today?',
        description:
          'USD since midnight. Calls without a price are missing here; see the coverage.',
        ...usd,
        width: 4,
        timeFrom: 'now/d',
      },
      [{ expr: spent('$__range') }],
    ),
    trend(
      {
        id: 2,
        title: 'What does it burn per hour?',
        description: 'USD an hour at the pace of the last 15 minutes.',
        ...usd,
        width: 4,
      },
      { expr: `${spent('15m')} * 4` },
    ),
    stat(
      {
        id: 3,
        link: linkTo('pipeline'),
        title: 'And against last week?',
        description: 'Today so far against the same hours of this weekday a week ago.',
        unit: 'percentunit',
        decimals: 0,
        width: 4,
        timeFrom: 'now/d',
      },
      [{ expr: `${spent('$__range')} / (${spent('$__range', '1w')} > 0) - 1` }],
    ),
    stat(
      {
        id: 4,
        title: 'How much of the budget is gone?',
        description:
          'Month to date against the configured monthly budget; without one, the month to date alone.',
        ...usd,
        width: 4,
        timeFrom: 'now/M',
      },
      [
        { expr: spent('$__range'), legend: 'month to date' },
        { expr: `max(${BUDGET})`, legend: 'budget' },
      ],
    ),
    forecast(spent),
    stat(
      {
        id: 6,
        link: linkTo('pipeline'),
        title: 'How much of it has a price?',
        description: 'Share of calls with a known price. Below 100 %, every amount is too small.',
        unit: 'percentunit',
        decimals: 1,
        width: 4,
      },
      [
        {
          expr: `1 - (${gains({ counter: unpriced, window: '$__range', matchers })} or vector(0)) / ${gains({ counter: calls, window: '$__range', matchers })}`,
        },
      ],
    ),
  ];
}

/** The month so far plus its remaining days at the average of the last seven; the range is 1.28 deviations of daily sums. */
function forecast(spent: (window: string, offset?: string) => string): Builder<Panel> {
  const left = '(days_in_month() - day_of_month() + 1 - hour() / 24)';
  const rest = `${spent('7d')} / 7 * ${left}`;
  const spread = `1.28 * sqrt(${left}) * stddev_over_time(${spent('1d')}[14d:1d])`;
  const month = spent('$__range');
  return stat(
    {
      id: 5,
      title: 'Where will the month end?',
      description:
        'Month to date plus the remaining days at the average of the last seven; nine of ten months like the last two weeks end below "high".',
      unit: 'currencyUSD',
      decimals: 0,
      width: 4,
      timeFrom: 'now/M',
    },
    [
      { expr: `${month} + clamp_min(${rest} - ${spread}, 0)`, legend: 'low' },
      { expr: `${month} + ${rest}`, legend: 'expected' },
      { expr: `${month} + ${rest} + ${spread}`, legend: 'high' },
    ],
  );
}

function where({ gains, naming, linkTo }: BoardContext): readonly Builder<Panel>[] {
  const matchers = filterMatchers(naming);
  const by = '$group_by';
  const spent = (window: string): string => gains({ counter: cost, window, matchers, by });
  const total = gains({ counter: cost, window: '$__range', matchers });
  const largest = `topk(20, ${spent('$__range')})`;
  const before = gains({ counter: cost, window: '$__range', matchers, by, offset: '$__range' });
  const called = gains({ counter: calls, window: '$__range', matchers, by });
  const usd = { unit: 'currencyUSD', decimals: 2 } as const;
  return [
    chart(
      {
        id: 7,
        title: 'When was it spent?',
        description: 'USD per interval, stacked by the chosen split.',
        ...usd,
        width: 16,
      },
      [{ expr: `${spent('$__interval')} > 0` }],
      'stacked',
    ),
    chart(
      {
        id: 8,
        link: linkTo('pipeline'),
        title: 'Is that usual?',
        interval: '5m',
        description: 'USD per hour, and the same hour a week ago.',
        ...usd,
        width: 8,
      },
      [
        { expr: gains({ counter: cost, window: '1h', matchers }), legend: 'now' },
        {
          expr: gains({ counter: cost, window: '1h', matchers, offset: '1w' }),
          legend: 'a week ago',
        },
      ],
    ),
    table(
      {
        id: 9,
        link: linkTo('efficiency'),
        title: 'Who spends most?',
        description: 'The twenty largest, with their change against the period before.',
        unit: 'short',
        width: 16,
      },
      [
        { title: 'USD', expr: largest, ...usd },
        { title: 'Share', expr: `${largest} / scalar(${total})`, unit: 'percentunit', decimals: 1 },
        {
          title: 'Change',
          expr: `${largest} / (${before} > 0) - 1`,
          unit: 'percentunit',
          decimals: 0,
        },
        { title: 'Calls', expr: `${called} and on (${by}) ${largest}`, unit: 'short', decimals: 0 },
        {
          title: 'USD per call',
          expr: `${largest} / (${called} > 0)`,
          unit: 'currencyUSD',
          decimals: 5,
        },
      ],
    ),
    bars(
      {
        id: 10,
        link: linkTo('efficiency'),
        title: 'Which models take it?',
        description: 'USD by the model that answered.',
        ...usd,
        width: 8,
        height: 10,
      },
      {
        expr: `topk(12, ${gains({ counter: cost, window: '$__range', matchers, by: naming.label(genAi.responseModel) })})`,
      },
    ),
  ];
}

function tail({ naming, source }: BoardContext): readonly Builder<Panel>[] {
  const feature = naming.label(tokenmeter.feature);
  const matchers = `${feature}=~"$feature",${naming.label(genAi.providerName)}=~"$provider",${naming.label(genAi.requestModel)}=~"$model"`;
  const buckets =
    source === 'raw'
      ? `rate(${naming.select(CALL_COST, matchers, '_bucket')}[$__rate_interval])`
      : `sum_over_time(${CALL_COST_BUCKETS}{${matchers}}[$__interval])`;
  const quantile = (q: number): string =>
    `histogram_quantile(${q}, sum by (le, ${feature}) (${buckets}))`;
  const legend = (q: string): string => `${q} {{${naming.legend(tokenmeter.feature)}}}`;
  return [
    chart(
      {
        id: 11,
        title: 'What do the dearest calls cost?',
        description: '95th and 99th percentile of the cost of a call, by feature.',
        unit: 'currencyUSD',
        decimals: 4,
        width: 12,
        interval: '5m',
      },
      [
        { expr: quantile(0.95), legend: legend('p95') },
        { expr: quantile(0.99), legend: legend('p99') },
      ],
    ),
    new TableBuilder()
      .id(12)
      .title('Which calls were the most expensive?')
      .description(
        'Single calls from the trace store, from the given amount on. Needs a Tempo data source.',
      )
      .unit('currencyUSD')
      .span(12)
      .height(8)
      .noValue('no data')
      .datasource({ type: 'tempo', uid: `\${traces}` })
      .withTarget(
        new TempoQueryBuilder()
          .refId('A')
          .queryType('traceql')
          .limit(50)
          .query(
            `{ span.${tokenmeter.costTotal} >= $min_cost && span.${tokenmeter.feature} =~ "\${feature:regex}" } | select(span.${tokenmeter.costTotal}, span.${tokenmeter.feature}, span.${genAi.responseModel})`,
          ),
      ),
  ];
}
