import type { AlertView } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { AlertActions } from './alert-actions.tsx';
import { type AlertWords, describeAlert } from './describe-alert.ts';
import { Icon } from './icons.tsx';
import { ViewLink } from './link.tsx';
import { RangeGauge } from './range-gauge.tsx';
import { moveTo, type View } from './view-link.ts';

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

/** How an alert leads on to other views. */
export interface Onward {
  readonly view: View;
  readonly choose: (view: View) => void;
}

function CallsLink({ alert, view, choose }: Onward & { readonly alert: AlertView }) {
  const { feature, model } = alert.labels;
  if (!feature && !model) return null;
  const to = {
    ...moveTo(view, 'calls'),
    ...(feature ? { feature } : {}),
    ...(model ? { model } : {}),
  };
  return (
    <ViewLink name="alert-calls" to={to} choose={choose}>
      Its most expensive calls
    </ViewLink>
  );
}

/** One alert; it opens to its explanation. */
export function AlertItem({
  alert,
  nowEpochMs,
  timeZone,
  isOpen = false,
  ...onward
}: Clock & Onward & { readonly alert: AlertView; readonly isOpen?: boolean }): JSX.Element {
  const words = describeAlert(alert, nowEpochMs, timeZone);
  const isFiring = alert.state !== 'resolved';
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
          <span class="alert-title">{words.title}</span>
          <span class="alert-since">
            {isFiring && <span class="alert-state">{words.state} </span>}
            {words.since}
          </span>
        </summary>
        <div class="alert-body">
          <Facts alert={alert} words={words} />
          <div>
            <p class="alert-text">{words.text}</p>
            <AlertActions alert={alert} />
            <CallsLink alert={alert} {...onward} />
            <a class="alert-runbook" href={`/runbooks/${alert.rule.replaceAll('_', '-')}`}>
              What to do
            </a>
          </div>
        </div>
      </details>
    </li>
  );
}
