import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { ColourSlots } from './assign-colours.ts';
import { createUsdColumn, formatInstant } from './format.ts';
import { createSpendPlot, renderPlotData } from './spend-plot.ts';
import type { Stack } from './stack-series.ts';
import { colourProperty, Swatch } from './swatch.tsx';

const HEIGHT = 264;

/** What the chart shows. */
export interface SpendChartProps {
  readonly stack: Stack;
  readonly colours: ColourSlots;
  readonly timeZone: string;
  readonly nowEpochMs: number;
}

interface Bucket {
  readonly index: number;
  readonly left: number;
  readonly width: number;
}

function useColourScheme(): boolean {
  const [isDark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return isDark;
}

function describeBucket({ stack, timeZone, nowEpochMs }: SpendChartProps, index: number): string {
  const start = stack.times[index];
  if (start === undefined) return 'No interval chosen';
  const end = start + stack.stepSeconds * 1000;
  return `${formatInstant(start, nowEpochMs, timeZone)} – ${formatInstant(end, start, timeZone)}`;
}

function rowsOf(stack: Stack, index: number): readonly { key: string; usd: number }[] {
  return stack.layers
    .map(({ key, usd }) => ({ key, usd: usd[index] ?? 0 }))
    .filter(({ usd }) => usd > 0)
    .sort((left, right) => right.usd - left.usd);
}

function Tooltip({ bucket, ...props }: SpendChartProps & { readonly bucket: Bucket }): JSX.Element {
  const { stack, colours } = props;
  const rows = rowsOf(stack, bucket.index);
  const total = stack.totals[bucket.index] ?? 0;
  const format = createUsdColumn([total, ...rows.map(({ usd }) => usd)], 'largest');
  const isRight = bucket.left > bucket.width / 2;
  return (
    <div
      class={`chart-tip ${isRight ? 'chart-tip-left' : ''}`}
      style={{ left: `${bucket.left}px` }}
      aria-hidden="true"
    >
      <div class="chart-tip-time">{describeBucket(props, bucket.index)}</div>
      {rows.map(({ key, usd }) => (
        <div class="chart-tip-row" key={key}>
          <Swatch colours={colours} name={key} />
          <span class="chart-tip-name">{key}</span>
          <span class="number">{format(usd)}</span>
        </div>
      ))}
      <div class="chart-tip-row chart-tip-total">
        <span class="chart-tip-name">{rows.length === 0 ? 'No spend' : 'Total'}</span>
        <span class="number">{rows.length === 0 ? '' : format(total)}</span>
      </div>
    </div>
  );
}

function speakBucket(props: SpendChartProps, index: number): string {
  const rows = rowsOf(props.stack, index);
  const total = props.stack.totals[index] ?? 0;
  const format = createUsdColumn([total], 'largest');
  const parts = rows.slice(0, 4).map(({ key, usd }) => `${key} ${format(usd)}`);
  return [`${describeBucket(props, index)}: ${format(total)}`, ...parts].join(', ');
}

function nextIndex(key: string, index: number | undefined, length: number): number | undefined {
  const last = length - 1;
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, (index ?? length) - 1);
    case 'ArrowRight':
      return Math.min(last, (index ?? -1) + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

/** Gives the plot that lives in `host`: made anew when its look changes, fed in place when only figures do. */
function usePlot(
  props: SpendChartProps,
  onCursor: (index: number | undefined) => void,
): {
  readonly host: { current: HTMLDivElement | null };
  readonly plot: { current: uPlot | undefined };
} {
  const { stack, colours, timeZone } = props;
  const host = useRef<HTMLDivElement | null>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const isDark = useColourScheme();
  const looks = JSON.stringify([
    isDark,
    timeZone,
    stack.stepSeconds,
    stack.layers.map(({ key }) => [key, colours.get(key)]),
  ]);

  // `looks` stands for everything that needs a new plot.
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const created = createSpendPlot(element, {
      stack,
      timeZone,
      height: HEIGHT,
      colourOf: (key) => colourProperty(colours, key),
      onCursor,
    });
    plot.current = created;
    const observer = new ResizeObserver(() => {
      created.setSize({ width: Math.max(element.clientWidth, 200), height: HEIGHT });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      created.destroy();
      plot.current = undefined;
    };
  }, [looks]);

  useEffect(() => plot.current?.setData(renderPlotData(stack)), [stack]);
  return { host, plot };
}

/** Spend over time as stacked bars, read with the pointer or, when focused, with the arrow keys. */
export function SpendChart(props: SpendChartProps): JSX.Element {
  const { stack } = props;
  const [index, setIndex] = useState<number | undefined>(undefined);
  const { host, plot } = usePlot(props, setIndex);

  function moveTo(next: number | undefined): void {
    const current = plot.current;
    const seconds = next === undefined ? undefined : current?.data[0][next];
    const left = seconds === undefined ? -10 : (current?.valToPos(seconds, 'x') ?? -10);
    current?.setCursor({ left, top: 10 });
  }

  function onKeyDown(event: KeyboardEvent): void {
    const next = nextIndex(event.key, index, stack.times.length);
    if (next === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    moveTo(next);
  }

  const over = plot.current?.over;
  const seconds = index === undefined ? undefined : plot.current?.data[0][index];
  const bucket =
    index === undefined || seconds === undefined || !over || !plot.current
      ? undefined
      : {
          index,
          left: over.offsetLeft + plot.current.valToPos(seconds, 'x'),
          width: host.current?.clientWidth ?? 0,
        };
  const current = index ?? stack.times.length - 1;
  return (
    <div
      class="chart"
      role="slider"
      tabIndex={0}
      aria-label="Spend over time; use the arrow keys to read each interval"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, stack.times.length - 1)}
      aria-valuenow={Math.max(0, current)}
      aria-valuetext={speakBucket(props, current)}
      onKeyDown={onKeyDown}
      onBlur={() => moveTo(undefined)}
    >
      <div ref={host} class="chart-canvas" />
      {bucket && <Tooltip {...props} bucket={bucket} />}
      {stack.layers.length === 0 && <p class="chart-none">No priced calls in this range</p>}
    </div>
  );
}
