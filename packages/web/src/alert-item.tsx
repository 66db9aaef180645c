import type { AlertView } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { type AlertWords, describeAlert } from './describe-alert.ts';
import { Icon } from './icons.tsx';
import { RangeGauge } from './range-gauge.tsx';

/** The server's time and the zone in which it is told. */
export interface Clock {
  readonly nowEpochMs: number;
  readonly timeZone: string;
}

function Facts({ alert, words }: { readonly alert: AlertView; readonly words: AlertWords }) {
  return (
    <div class="facts">
      <RangeGauge observed={alert.observed} expected={alert.expected} />
      <dl>
        <dt>Observed</dt>
        <dd class="number fact-observed">{words.observed}</dd>
        <dt>Expected</dt>
        <dd class="number">{words.expected}</dd>
        {words.labels.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </div>
  );
}

/** One alert; it opens to its explanation. */
export function AlertItem({
  alert,
  nowEpochMs,
  timeZone,
  isOpen = false,
}: Clock & { readonly alert: AlertView; readonly isOpen?: boolean }): JSX.Element {
  const words = describeAlert(alert, nowEpochMs, timeZone);
  const isFiring = alert.state === 'firing';
  const tone = isFiring ? alert.severity : 'resolved';
  return (
    <li class={`alert alert-${tone}`} id={alert.incidentId}>
      <details open={isOpen}>
        <summary>
          <span class="alert-head">
            <span class="alert-severity">
              <Icon name={tone} />
              {isFiring ? words.severity : `${words.state} · ${words.severity.toLowerCase()}`}
            </span>
            {words.cost && <span class="alert-cost number">{words.cost}</span>}
          </span>
          <span class="alert-title">{alert.title}</span>
          <span class="alert-since">
            {isFiring && <span class="alert-state">{words.state} </span>}
            {words.since}
          </span>
        </summary>
        <div class="alert-body">
          <Facts alert={alert} words={words} />
          <p class="alert-text">{alert.text}</p>
        </div>
      </details>
    </li>
  );
}
