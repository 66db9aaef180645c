import type { AlertView } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { describeAlert, orderAlerts } from './describe-alert.ts';
import { Icon } from './icons.tsx';
import type { Part } from './page-state.ts';
import { Problem } from './states.tsx';

const SHOWN = 8;

interface Clock {
  readonly nowEpochMs: number;
  readonly timeZone: string;
}

function AlertItem({ alert, nowEpochMs, timeZone }: Clock & { readonly alert: AlertView }) {
  const words = describeAlert(alert, nowEpochMs, timeZone);
  const isFiring = alert.state === 'firing';
  const tone = isFiring ? alert.severity : 'resolved';
  return (
    <li class={`alert alert-${tone}`}>
      <details>
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
          <dl class="facts">
            <dt>Observed</dt>
            <dd class="number">{words.observed}</dd>
            <dt>Expected</dt>
            <dd class="number">{words.expected}</dd>
            {words.labels.map(([name, value]) => (
              <>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </>
            ))}
          </dl>
          <p class="alert-text">{alert.text}</p>
        </div>
      </details>
    </li>
  );
}

function Body({ alerts, ...clock }: Clock & { readonly alerts: Part<readonly AlertView[]> }) {
  if (!alerts.value) {
    return alerts.problem ? <Problem problem={alerts.problem} /> : <div class="bone bone-alerts" />;
  }
  if (alerts.value.length === 0) {
    return (
      <p class="quiet">
        <Icon name="resolved" />
        <span>
          Nothing has left its pattern. When spend does, what changed and why appears here.
        </span>
      </p>
    );
  }
  return (
    <ul class="alerts">
      {orderAlerts(alerts.value)
        .slice(0, SHOWN)
        .map((alert) => (
          <AlertItem key={alert.incidentId} alert={alert} {...clock} />
        ))}
    </ul>
  );
}

/** The latest alerts; each opens to its explanation. */
export function AlertList(
  props: Clock & { readonly alerts: Part<readonly AlertView[]> },
): JSX.Element {
  const firing = props.alerts.value?.filter(({ state }) => state === 'firing').length ?? 0;
  return (
    <section class="panel alerts-panel" aria-labelledby="alerts-title">
      <header class="panel-head">
        <h2 id="alerts-title">Alerts</h2>
        <span class={`count ${firing > 0 ? 'count-firing' : ''}`} role="status">
          {firing > 0 ? `${firing} firing` : 'none firing'}
        </span>
      </header>
      <Body {...props} />
    </section>
  );
}
