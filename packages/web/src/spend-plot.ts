import uPlot from 'uplot';
import { createUsdAxis, formatClock, formatDay } from './format.ts';
import type { Stack } from './stack-series.ts';

const DAY_SECONDS = 86_400;

/** What a plot needs beyond its data. */
export interface PlotOptions {
  readonly stack: Stack;
  readonly timeZone: string;
  readonly height: number;
  /** Name of the custom property that holds the colour of a key. */
  readonly colourOf: (key: string) => string;
  /** Tells the bucket under the cursor; undefined when the cursor left. */
  readonly onCursor: (index: number | undefined) => void;
}

function readProperty(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}

/** Data in uPlot's form: bucket centres in seconds, then the layers from the tallest to the lowest. */
export function renderPlotData(stack: Stack): uPlot.AlignedData {
  const centres = stack.times.map((epochMs) => epochMs / 1000 + stack.stepSeconds / 2);
  // A taller layer is painted first and the lower ones cover it: cumulative bars need no gaps between layers.
  return [centres, ...stack.layers.map(({ top }) => [...top]).reverse()];
}

function createBars(): uPlot.Series.PathBuilder {
  const bars = uPlot.paths.bars;
  if (!bars) throw new Error('expected bar paths in uPlot, got none');
  return bars({ size: [0.84, 40, 1], align: 0, radius: 0 });
}

function createSeries(options: PlotOptions): uPlot.Series[] {
  const bars = createBars();
  const layers = options.stack.layers.map(({ key }): uPlot.Series => {
    const colour = readProperty(options.colourOf(key));
    return { label: key, fill: colour, width: 0, paths: bars, points: { show: false } };
  });
  return [{}, ...layers.reverse()];
}

function createTimeAxis(timeZone: string): uPlot.Axis {
  return {
    font: `12px ${readProperty('--sans')}`,
    stroke: readProperty('--text-muted'),
    grid: { show: false },
    ticks: { stroke: readProperty('--line'), size: 5, width: 1 },
    space: 64,
    size: 34,
    values: (_, splits, __, ___, increment) =>
      splits.map((seconds) => {
        const clock = formatClock(seconds * 1000, timeZone);
        const isDay = increment >= DAY_SECONDS || clock === '00:00';
        return isDay ? formatDay(seconds * 1000, timeZone) : clock;
      }),
  };
}

function createMoneyAxis(): uPlot.Axis {
  return {
    font: `12px ${readProperty('--sans')}`,
    stroke: readProperty('--text-muted'),
    grid: { stroke: readProperty('--line-soft'), width: 1 },
    ticks: { show: false },
    gap: 8,
    space: 44,
    size: (_, labels) => 14 + Math.max(0, ...(labels ?? []).map((label) => label.length)) * 7,
    values: (_, splits) => {
      const [first = 0, second = 0] = splits;
      return splits.map(createUsdAxis(second - first));
    },
  };
}

/** Draws stacked bars of spend into `host`; the caller destroys the plot. */
export function createSpendPlot(host: HTMLElement, options: PlotOptions): uPlot {
  const halfStep = options.stack.stepSeconds / 2;
  return new uPlot(
    {
      width: Math.max(host.clientWidth, 200),
      height: options.height,
      padding: [8, 18, 0, 0],
      legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), options.timeZone),
      scales: {
        x: { time: true, range: (_, from, to) => [from - halfStep, to + halfStep] },
        y: { range: (_, __, highest) => [0, highest > 0 ? highest * 1.08 : 1] },
      },
      axes: [createTimeAxis(options.timeZone), createMoneyAxis()],
      series: createSeries(options),
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: { show: false },
        move: (plot, left, top) => {
          const seconds = plot.data[0][plot.posToIdx(left)];
          if (left < 0 || seconds === undefined) return [left, top];
          return [plot.valToPos(seconds, 'x'), top];
        },
      },
      hooks: { setCursor: [(plot) => options.onCursor(plot.cursor.idx ?? undefined)] },
    },
    renderPlotData(options.stack),
    host,
  );
}
