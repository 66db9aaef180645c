/// <reference path="../asciichart.d.ts" />
import { plot } from 'asciichart';
import {
  type BacktestReport,
  createTimeRenderer,
  renderLength,
  renderPlace,
  renderSize,
  renderWhy,
} from '../backtest/backtest-report.ts';
import type { ReplayedIncident } from '../backtest/incident-log.ts';
import { averageOver } from '../backtest/usage-log.ts';
import { renderUsd } from './render-money.ts';
import { renderTable } from './render-table.ts';

const MOST_ROWS = 40;
const CHART_HEIGHT = 9;
const AXIS_WIDTH = 12;
const DAY_MS = 86_400_000;

/** Renders a replay for a terminal: chart, incidents, summary per rule. */
export function renderBacktest(report: BacktestReport, columns: number): string {
  const parts = [
    renderHead(report),
    renderChart(report, columns),
    renderIncidents(report),
    renderRules(report),
  ];
  return `${parts.join('\n').trimEnd()}\n`;
}

function renderHead(report: BacktestReport): string {
  const { usage, fromEpochMs, toEpochMs, stepMs, timeZone } = report;
  const time = createTimeRenderer(timeZone);
  const days = (toEpochMs - fromEpochMs) / DAY_MS;
  const spent = usage.total.usd.reduce((sum, usd) => sum + (usd ?? 0), 0);
  return [
    `Backtest of ${report.source}: ${time(fromEpochMs)} to ${time(toEpochMs)} ${timeZone}, ${renderLength(days * DAY_MS)}`,
    `${usage.rows} rows of ${usage.seriesCount} series, ${renderUsd(spent)} spent, judged every ${renderLength(stepMs)}`,
    '',
  ].join('\n');
}

function renderChart(report: BacktestReport, columns: number): string {
  const width = Math.max(20, Math.min(columns, 160) - AXIS_WIDTH);
  const values = averageOver(report.usage.total.usd, width);
  if (values.length < 2) return '';
  const chart = plot(values, {
    height: CHART_HEIGHT,
    min: 0,
    format: (value: number) => renderAxis(value).padStart(AXIS_WIDTH - 3),
  });
  const marks = renderMarks(report, values.length);
  return `USD per hour (▲ an incident fired, ◆ a critical one)\n${chart}\n${' '.repeat(AXIS_WIDTH - 1)}${marks}\n`;
}

function renderAxis(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

function renderMarks(report: BacktestReport, width: number): string {
  const marks = Array.from({ length: width }, () => ' ');
  const span = report.toEpochMs - report.fromEpochMs;
  for (const { firedEpochMs, severity } of report.incidents) {
    const at = Math.floor(((firedEpochMs - report.fromEpochMs) / span) * width);
    const place = Math.min(width - 1, Math.max(0, at));
    if (marks[place] !== '◆') marks[place] = severity === 'critical' ? '◆' : '▲';
  }
  return marks.join('').trimEnd();
}

function renderIncidents(report: BacktestReport): string {
  if (report.incidents.length === 0) return 'Nothing would have fired.\n';
  const time = createTimeRenderer(report.timeZone);
  const shown = report.incidents.slice(0, MOST_ROWS);
  const table = renderTable(
    [
      { name: 'fired', isNumeric: false },
      { name: 'severity', isNumeric: false },
      { name: 'rule', isNumeric: false },
      { name: 'where', isNumeric: false },
      { name: 'size', isNumeric: false },
      { name: 'delay', isNumeric: true },
      { name: 'lasted', isNumeric: true },
      { name: 'extra', isNumeric: true },
      { name: 'why', isNumeric: false },
    ],
    shown.map((incident) => rowOf(incident, time, report.toEpochMs)),
  );
  const more = report.incidents.length - shown.length;
  return more > 0 ? `${table}and ${more} more; --json or --html has them all\n` : table;
}

function rowOf(
  incident: ReplayedIncident,
  time: (epochMs: number) => string,
  endEpochMs: number,
): readonly string[] {
  const { finding, firedEpochMs, resolvedEpochMs } = incident;
  const lasted = renderLength((resolvedEpochMs ?? endEpochMs) - incident.startedEpochMs);
  return [
    time(firedEpochMs),
    incident.severity,
    finding.rule,
    renderPlace(finding),
    renderSize(incident.peak),
    renderLength(firedEpochMs - incident.startedEpochMs),
    resolvedEpochMs === undefined ? `${lasted}+` : lasted,
    renderAmount(incident.extraUsd),
    renderWhy(incident, 2),
  ];
}

function renderAmount(usd: number): string {
  return usd < 0 ? `-${renderUsd(-usd)}` : `+${renderUsd(usd)}`;
}

function renderRules(report: BacktestReport): string {
  return renderTable(
    [
      { name: 'rule', isNumeric: false },
      { name: 'incidents', isNumeric: true },
      { name: 'critical', isNumeric: true },
      { name: 'per week', isNumeric: true },
      { name: 'median delay', isNumeric: true },
      { name: 'extra', isNumeric: true },
    ],
    report.rules.map((rule) => [
      rule.rule,
      String(rule.incidents),
      String(rule.criticals),
      rule.perWeek.toFixed(1),
      rule.medianDelayMinutes === undefined ? '' : renderLength(rule.medianDelayMinutes * 60_000),
      renderUsd(rule.extraUsd),
    ]),
  );
}
