import type { AlertView } from '@tokenmeter/server';
import { formatCount, formatDuration, formatInstant, formatShare, formatUsd } from './format.ts';

/** An alert in the words of the page. */
export interface AlertWords {
  /** Without the severity or state that the page shows beside it. */
  readonly title: string;
  /** Without the title, where it begins with it. */
  readonly text: string;
  readonly severity: string;
  readonly state: string;
  /** Since when, and for how long. */
  readonly since: string;
  /** Extra cost at the present rate; undefined when there is none. */
  readonly cost?: string;
  readonly observed: string;
  readonly expected: string;
  readonly labels: readonly (readonly [string, string])[];
}

const SEVERITIES: Readonly<Record<AlertView['severity'], string>> = {
  info: 'Info',
  warning: 'Warning',
  critical: 'Critical',
};

const STATES: Readonly<Record<AlertView['state'], string>> = {
  firing: 'Firing',
  acknowledged: 'Acknowledged',
  silenced: 'Silenced',
  resolved: 'Resolved',
};

function rendererOf(quantity: AlertView['quantity']): (value: number) => string {
  switch (quantity) {
    case 'usd_per_call':
      return (value) => `${formatUsd(value)} per call`;
    case 'cost_usd':
      return formatUsd;
    case 'hit_rate':
    case 'share':
      return formatShare;
    case 'calls':
    case 'tokens':
      return (value) => (value < 100 ? String(Number(value.toFixed(1))) : formatCount(value));
    default:
      return quantity satisfies never;
  }
}

function describeSince(alert: AlertView, nowEpochMs: number, timeZone: string): string {
  const start = formatInstant(alert.startedEpochMs, nowEpochMs, timeZone);
  if (alert.state !== 'resolved') {
    return `since ${start} · ${formatDuration(nowEpochMs - alert.startedEpochMs)}`;
  }
  const end = alert.resolvedEpochMs ?? alert.updatedEpochMs;
  return `${start} · lasted ${formatDuration(end - alert.startedEpochMs)}`;
}

/** How titles begin: for those who read nothing else, such as in a mail. */
const STATUS = /^(?:CRITICAL|WARNING|INFO|RESOLVED|ACKNOWLEDGED|SNOOZED|FLAPPING) (\w)/;

/** Puts an alert into words: figures in the unit of its rule, times in the reader's zone. */
export function describeAlert(alert: AlertView, nowEpochMs: number, timeZone: string): AlertWords {
  const render = rendererOf(alert.quantity);
  const { low, mid, high } = alert.expected;
  return {
    title: alert.title.replace(STATUS, (_, letter: string) => letter.toUpperCase()),
    text: alert.text.startsWith(`${alert.title}\n`)
      ? alert.text.slice(alert.title.length + 1)
      : alert.text,
    severity: SEVERITIES[alert.severity],
    state: STATES[alert.state],
    since: describeSince(alert, nowEpochMs, timeZone),
    ...(alert.usdPerHour > 0 ? { cost: `+${formatUsd(alert.usdPerHour)}/h` } : {}),
    observed: render(alert.observed),
    expected: low === high ? render(mid) : `${render(low)} – ${render(high)}`,
    labels: Object.entries(alert.labels).filter(([, value]) => value !== ''),
  };
}

const RANKS: Readonly<Record<AlertView['state'], number>> = {
  firing: 0,
  acknowledged: 1,
  silenced: 2,
  resolved: 3,
};

/** Alerts in reading order: those firing first, then what somebody has seen, and the latest first among equals. */
export function orderAlerts(alerts: readonly AlertView[]): readonly AlertView[] {
  const rank = (alert: AlertView) => RANKS[alert.state];
  return alerts.toSorted(
    (left, right) => rank(left) - rank(right) || right.startedEpochMs - left.startedEpochMs,
  );
}
