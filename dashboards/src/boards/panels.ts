import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueGraphMode,
  GraphDrawStyle,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  type DataTransformerConfig,
  type DynamicConfigValue,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE } from './filters.ts';

/** One query of a panel. */
export interface PanelQuery {
  readonly expr: string;
  /** A legend; Grafana's own, which is the one label that differs, without it. */
  readonly legend?: string;
}

/** A link of a panel to a board. */
export interface BoardLink {
  readonly title: string;
  readonly url: string;
}

/** What every panel says. */
export interface PanelText {
  /** Never changes: links and alerts point at it. */
  readonly id: number;
  /** The question that the panel answers. */
  readonly title: string;
  readonly description: string;
  /** A unit of Grafana. */
  readonly unit: string;
  readonly decimals?: number;
  /** Columns of 24. */
  readonly width: number;
  readonly height?: number;
  /** Where the answer goes on: a board, with this range and these filters. */
  readonly link?: BoardLink;
  /** Shortest step of a chart; a minute without it. Windows of an hour need no finer one. */
  readonly interval?: string;
  /** A time range of its own, such as `now/d`. */
  readonly timeFrom?: string;
}

interface Common<T> {
  id(id: number): T;
  title(title: string): T;
  description(text: string): T;
  unit(unit: string): T;
  decimals(count: number): T;
  span(width: number): T;
  height(height: number): T;
  timeFrom(range: string): T;
  links(links: DashboardLinkBuilder[]): T;
  noValue(text: string): T;
  datasource(ref: typeof DATASOURCE): T;
  withTarget(query: DataqueryBuilder): T;
}

function described<T extends Common<T>>(builder: T, text: PanelText, fallback: number): T {
  const panel = builder
    .id(text.id)
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .span(text.width)
    .height(text.height ?? fallback)
    .noValue('no data')
    .datasource(DATASOURCE);
  if (text.decimals !== undefined) panel.decimals(text.decimals);
  if (text.link !== undefined) {
    panel.links([new DashboardLinkBuilder(text.link.title).url(text.link.url)]);
  }
  return text.timeFrom === undefined ? panel : panel.timeFrom(text.timeFrom);
}

function target(query: PanelQuery, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .datasource(DATASOURCE)
    .expr(query.expr)
    .legendFormat(query.legend ?? '__auto');
}

/** Numbers, each the last value of a query over the range. */
export function stat(text: PanelText, queries: readonly PanelQuery[]): Builder<Panel> {
  const panel = described(new StatBuilder(), text, 4)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  for (const [index, query] of queries.entries()) panel.withTarget(target(query, index).instant());
  return panel;
}

/** A number with its course. */
export function trend(text: PanelText, query: PanelQuery): Builder<Panel> {
  return described(new StatBuilder(), text, 4)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .withTarget(target(query, 0).range());
}

/** Bars, one for each series. */
export function bars(text: PanelText, query: PanelQuery): Builder<Panel> {
  return described(new BarGaugeBuilder(), text, 8)
    .orientation(VizOrientation.Horizontal)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .withTarget(target(query, 0).instant());
}

/** A chart over time: bars that stack, or lines. */
export function chart(
  text: PanelText,
  queries: readonly PanelQuery[],
  look: 'stacked' | 'lines' = 'lines',
): Builder<Panel> {
  const panel = described(new TimeSeriesBuilder(), text, 8).interval(text.interval ?? '1m');
  if (look === 'stacked') {
    panel
      .drawStyle(GraphDrawStyle.Bars)
      .fillOpacity(80)
      .lineWidth(0)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  } else panel.lineWidth(2).fillOpacity(8);
  for (const [index, query] of queries.entries()) panel.withTarget(target(query, index).range());
  return panel;
}

/** A column of a table: a query, or, without one, the label that it is split by. */
export interface Column extends PanelQuery {
  readonly title: string;
  readonly unit: string;
  readonly decimals?: number;
}

/** A row for each value of a label, a column for each query, the first column's largest on top. */
export function table(text: PanelText, columns: readonly Column[]): Builder<Panel> {
  const panel = described(new TableBuilder(), text, 10);
  for (const [index, column] of columns.entries()) {
    panel.withTarget(target(column, index).instant().format(PromQueryFormat.Table));
    panel.overrideByName(column.title, columnLook(column));
  }
  return panel.transformations(tableSteps(columns));
}

function columnLook({ unit, decimals }: Column): DynamicConfigValue[] {
  const look: DynamicConfigValue[] = [{ id: 'unit', value: unit }];
  if (decimals !== undefined) look.push({ id: 'decimals', value: decimals });
  return look;
}

function tableSteps(columns: readonly Column[]): DataTransformerConfig[] {
  const refs = columns.map(({ title }, index) => [
    `Value #${String.fromCharCode(65 + index)}`,
    title,
  ]);
  return [
    { id: 'merge', options: {} },
    {
      id: 'organize',
      options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(refs) },
    },
    { id: 'sortBy', options: { sort: [{ field: columns[0]?.title, desc: true }] } },
  ];
}
