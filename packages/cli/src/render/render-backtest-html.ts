import {
  type BacktestReport,
  createTimeRenderer,
  largestParts,
  renderCause,
  renderEvidence,
  renderLength,
  renderPlace,
  renderSize,
} from '../backtest/backtest-report.ts';
import type { ReplayedIncident } from '../backtest/incident-log.ts';
import { averageOver } from '../backtest/usage-log.ts';
import { BACKTEST_STYLE } from './backtest-style.ts';
import { escapeHtml } from './escape-html.ts';
import { renderUsd } from './render-money.ts';
import { type ChartBand, renderSvgChart } from './render-svg-chart.ts';

const HOUR_MS = 3_600_000;
/** A chart of an incident shows so much before and after it. */
const MARGIN_HOURS = 48;
const MOST_POINTS = 1500;

/** Renders a replay as one HTML file that loads nothing. */
export function renderBacktestHtml(report: BacktestReport): string {
  const time = createTimeRenderer(report.timeZone);
  const title = `Backtest of ${report.source}`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escapeHtml(title)}</title><style>${BACKTEST_STYLE}</style></head><body><main>`,
    `<h1>${escapeHtml(title)}</h1>`,
    renderFacts(report, time),
    renderTotal(report),
    renderRules(report),
    renderIncidents(report, time),
    '</main></body></html>\n',
  ].join('\n');
}

function renderFacts(report: BacktestReport, time: (epochMs: number) => string): string {
  const { usage, fromEpochMs, toEpochMs } = report;
  const spent = usage.total.usd.reduce((sum, usd) => sum + (usd ?? 0), 0);
  const facts: readonly (readonly [string, string])[] = [
    ['From', `${time(fromEpochMs)} ${report.timeZone}`],
    ['To', `${time(toEpochMs)} (${renderLength(toEpochMs - fromEpochMs)})`],
    ['Judged', `every ${renderLength(report.stepMs)}, knowing only what came before`],
    ['Usage', `${usage.rows.toLocaleString('en-US')} rows of ${usage.seriesCount} series`],
    ['Spent', renderUsd(spent)],
    ['Incidents', String(report.incidents.length)],
  ];
  const list = facts.map(
    ([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  const remarks = report.remarks.map((remark) => `<li>${escapeHtml(remark)}</li>`);
  const notes = remarks.length > 0 ? `<ul class="remarks">${remarks.join('')}</ul>` : '';
  return `<dl class="facts">${list.join('')}</dl>${notes}`;
}

function bandOf(incident: ReplayedIncident, report: BacktestReport): ChartBand {
  return {
    fromEpochMs: incident.startedEpochMs,
    toEpochMs: incident.resolvedEpochMs ?? report.toEpochMs,
    markEpochMs: incident.firedEpochMs,
    severity: incident.severity,
  };
}

function renderTotal(report: BacktestReport): string {
  const { usage } = report;
  const chart = renderSvgChart({
    values: averageOver(usage.total.usd, MOST_POINTS),
    fromEpochMs: usage.fromEpochMs,
    toEpochMs: usage.fromEpochMs + usage.total.usd.length * HOUR_MS,
    timeZone: report.timeZone,
    bands: report.incidents.map((incident) => bandOf(incident, report)),
    label: 'USD per hour of everything',
  });
  return `<section><h2>USD per hour</h2>${chart}<p class="legend"><span class="warning">▼</span> an incident fired · <span class="critical">▼</span> a critical one · shaded while it lasted</p></section>`;
}

function renderRules(report: BacktestReport): string {
  const rows = report.rules.map((rule) => {
    const delay =
      rule.medianDelayMinutes === undefined ? '–' : renderLength(rule.medianDelayMinutes * 60_000);
    return `<tr><td>${escapeHtml(rule.rule)}</td><td class="n">${rule.incidents}</td><td class="n">${rule.criticals}</td><td class="n">${rule.perWeek.toFixed(1)}</td><td class="n">${delay}</td><td class="n">${renderUsd(rule.extraUsd)}</td></tr>`;
  });
  return `<section><h2>Rules</h2><div class="scroll"><table><thead><tr><th>rule</th><th class="n">incidents</th><th class="n">critical</th><th class="n">per week</th><th class="n">median delay</th><th class="n">extra cost</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}

function renderIncidents(report: BacktestReport, time: (epochMs: number) => string): string {
  if (report.incidents.length === 0) {
    return '<section><h2>Incidents</h2><p>Nothing would have fired.</p></section>';
  }
  const items = report.incidents.map((incident) => renderIncident(incident, report, time));
  return `<section><h2>Incidents</h2>${items.join('\n')}</section>`;
}

function renderIncident(
  incident: ReplayedIncident,
  report: BacktestReport,
  time: (epochMs: number) => string,
): string {
  const { finding, peak, firedEpochMs, startedEpochMs, resolvedEpochMs, severity } = incident;
  const lasted = renderLength((resolvedEpochMs ?? report.toEpochMs) - startedEpochMs);
  const end = resolvedEpochMs === undefined ? `${lasted}, not over` : `lasted ${lasted}`;
  const delay = renderLength(firedEpochMs - startedEpochMs);
  const head = `<summary><span class="tag ${severity}">${severity}</span> <b>${escapeHtml(finding.rule)}</b> ${escapeHtml(renderPlace(finding))} <span class="size">${escapeHtml(renderSize(peak))}</span> <time>${time(firedEpochMs)}</time> <span class="cost">${renderUsd(incident.extraUsd)} extra</span></summary>`;
  const { low, mid, high, basis } = finding.expected;
  const amount = (value: number): string => renderQuantity(finding.quantity, value);
  const facts = `<p>Since ${time(startedEpochMs)}, told ${delay} later, ${end}. Observed ${renderObserved(finding)}, expected ${amount(mid)} (${amount(low)} to ${amount(high)}, ${escapeHtml(basis)}).${renderEvidence(finding)} ${renderUsd(peak.usdPerHour)} an hour extra at its dearest.${escapeHtml(renderCause(peak))}</p>`;
  return `<details>${head}${facts}${renderParts(peak.decomposition)}${renderAround(incident, report)}</details>`;
}

function renderParts(decomposition: Readonly<Record<string, number>>): string {
  const parts = largestParts(decomposition, 7);
  const largest = Math.max(...parts.map(([, value]) => Math.abs(value)));
  if (parts.length === 0) return '';
  const rows = parts.map(([name, value]) => {
    const width = ((Math.abs(value) / largest) * 100).toFixed(1);
    const sign = value < 0 ? 'less' : 'more';
    return `<tr><td>${escapeHtml(name)}</td><td class="n">${value < 0 ? '-' : '+'}${renderUsd(Math.abs(value))}/h</td><td class="bar"><i class="${sign}" style="width:${width}%"></i></td></tr>`;
  });
  return `<table class="parts"><tbody>${rows.join('')}</tbody></table>`;
}

function renderAround(incident: ReplayedIncident, report: BacktestReport): string {
  const { usage } = report;
  const end = incident.resolvedEpochMs ?? report.toEpochMs;
  const hours = usage.total.usd.length;
  const hourAt = (epochMs: number): number => Math.floor((epochMs - usage.fromEpochMs) / HOUR_MS);
  const from = Math.max(0, hourAt(incident.startedEpochMs) - MARGIN_HOURS);
  const to = Math.min(hours, hourAt(end) + MARGIN_HOURS);
  const own = usage.of(incident.finding.labels);
  const values = Array.from({ length: Math.max(0, to - from) }, (_, at) => own.usd[from + at] ?? 0);
  return renderSvgChart({
    values: averageOver(values, MOST_POINTS),
    fromEpochMs: usage.fromEpochMs + from * HOUR_MS,
    toEpochMs: usage.fromEpochMs + to * HOUR_MS,
    timeZone: report.timeZone,
    bands: [bandOf(incident, report)],
    label: `USD per hour of ${renderPlace(incident.finding)}`,
  });
}

const UNITS: Readonly<Record<ReplayedIncident['finding']['quantity'], string>> = {
  calls: ' calls',
  tokens: ' tokens',
  cost_usd: '',
  usd_per_call: ' a call',
  hit_rate: ' of calls hit the cache',
  share: ' of calls',
};

/** `445 calls in 5 min`; for a budget the window is its period so far. */
function renderObserved({
  quantity,
  observed,
  windowMinutes,
}: ReplayedIncident['finding']): string {
  return `${renderQuantity(quantity, observed)}${UNITS[quantity]} in ${renderLength(windowMinutes * 60_000)}`;
}

function renderQuantity(quantity: ReplayedIncident['finding']['quantity'], value: number): string {
  switch (quantity) {
    case 'calls':
    case 'tokens':
      return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
    case 'cost_usd':
    case 'usd_per_call':
      return renderUsd(value);
    case 'hit_rate':
    case 'share':
      return `${(100 * value).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
    default:
      return quantity satisfies never;
  }
}
