import { createTimeRenderer } from '../backtest/backtest-report.ts';
import { escapeHtml } from './escape-html.ts';

/** A stretch of time that a chart shades, with the moment that it marks. */
export interface ChartBand {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly markEpochMs: number;
  /** Class of its colour. */
  readonly severity: string;
}

/** A line over time. */
export interface SvgChart {
  /** Means over equal lengths of time. */
  readonly values: readonly number[];
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly timeZone: string;
  readonly bands: readonly ChartBand[];
  /** Read out where the picture is not seen. */
  readonly label: string;
}

const WIDTH = 960;
const HEIGHT = 220;
const LEFT = 64;
const BOTTOM = 24;
const TOP = 14;
const MOST_TICKS = 8;
const HOUR_MS = 3_600_000;
/** Hours between ticks that people like. */
const TICK_HOURS: readonly number[] = [1, 2, 3, 6, 12, 24, 48, 168, 336, 672];

/** Renders a chart as inline SVG; its colours come from the classes of the page's style. */
export function renderSvgChart(chart: SvgChart): string {
  const { values, fromEpochMs, toEpochMs, bands } = chart;
  if (values.length < 2 || !(toEpochMs > fromEpochMs)) return '';
  const top = niceCeiling(Math.max(...values));
  const right = WIDTH - 8;
  const x = (epochMs: number): number =>
    LEFT + (right - LEFT) * clamp((epochMs - fromEpochMs) / (toEpochMs - fromEpochMs));
  const y = (value: number): number => TOP + (HEIGHT - BOTTOM - TOP) * (1 - value / top);
  const points = values.map((value, index) => {
    const at = LEFT + ((right - LEFT) * (index + 0.5)) / values.length;
    return `${at.toFixed(1)},${y(value).toFixed(1)}`;
  });
  const shades = bands.map((band) => {
    const width = Math.max(1.5, x(band.toEpochMs) - x(band.fromEpochMs));
    const mark = x(band.markEpochMs).toFixed(1);
    return `<rect class="band ${band.severity}" x="${x(band.fromEpochMs).toFixed(1)}" y="${TOP}" width="${width.toFixed(1)}" height="${HEIGHT - BOTTOM - TOP}"/><path class="mark ${band.severity}" d="M${mark} ${TOP - 2}l-5 -9h10z"/>`;
  });
  return `<div class="scroll"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(chart.label)}">${renderAxes(chart, top, x, y)}${shades.join('')}<polyline class="line" points="${points.join(' ')}"/></svg></div>`;
}

function renderAxes(
  chart: SvgChart,
  top: number,
  x: (epochMs: number) => number,
  y: (value: number) => number,
): string {
  const time = createTimeRenderer(chart.timeZone);
  const levels = [0, top / 2, top].map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${y(value)}" y2="${y(value)}"/><text class="axis" x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${renderLevel(value)}</text>`,
  );
  const times = ticksOf(chart, time).map(
    ({ at, text }) =>
      `<text class="axis" x="${x(at).toFixed(1)}" y="${HEIGHT - 6}" text-anchor="middle">${text}</text>`,
  );
  return levels.join('') + times.join('');
}

/** Round local times: whole parts of a day, or midnights some days apart. */
function ticksOf(
  { fromEpochMs, toEpochMs }: SvgChart,
  time: (epochMs: number) => string,
): readonly { readonly at: number; readonly text: string }[] {
  const spanHours = (toEpochMs - fromEpochMs) / HOUR_MS;
  const step = TICK_HOURS.find((hours) => spanHours / hours <= MOST_TICKS) ?? 672;
  const ticks: { readonly at: number; readonly text: string }[] = [];
  let midnights = 0;
  // Zones lie whole quarters of an hour apart.
  for (let at = Math.ceil(fromEpochMs / (HOUR_MS / 4)) * (HOUR_MS / 4); at < toEpochMs; ) {
    const [day = '', clock = ''] = time(at).split(' ');
    if (!clock.endsWith(':00')) {
      at += HOUR_MS / 4;
      continue;
    }
    const hour = Number(clock.slice(0, 2));
    const isDue = step < 24 ? hour % step === 0 : hour === 0 && midnights % (step / 24) === 0;
    if (hour === 0) midnights += 1;
    if (isDue) ticks.push({ at, text: step < 24 ? `${day.slice(5)} ${clock}` : day });
    at += HOUR_MS;
  }
  return ticks;
}

function renderLevel(value: number): string {
  return `$${value.toLocaleString('en-US', { maximumSignificantDigits: 3 })}`;
}

/** 1, 2, 2.5 or 5 times a power of ten, at or above the value. */
function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
