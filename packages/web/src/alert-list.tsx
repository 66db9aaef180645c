import type { AlertView } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { AlertItem, type Clock, type Onward } from './alert-item.tsx';
import { orderAlerts } from './describe-alert.ts';
import { Icon } from './icons.tsx';
import { ViewLink } from './link.tsx';
import type { Part } from './page-state.ts';
import { Problem } from './states.tsx';
import { moveTo } from './view-link.ts';

const SHOWN = 5;

/** What the page says when nothing is wrong. */
export function NoAlerts(): JSX.Element {
  return (
    <p class="quiet">
      <Icon name="resolved" />
      <span>Nothing has left its pattern. When spend does, what changed and why appears here.</span>
    </p>
  );
}

function Body({
  alerts,
  ...rest
}: Clock & Onward & { readonly alerts: Part<readonly AlertView[]> }) {
  if (!alerts.value) {
    return alerts.problem ? <Problem problem={alerts.problem} /> : <div class="bone bone-alerts" />;
  }
  if (alerts.value.length === 0) return <NoAlerts />;
  return (
    <ul class="alerts">
      {orderAlerts(alerts.value)
        .slice(0, SHOWN)
        .map((alert) => (
          <AlertItem key={alert.incidentId} alert={alert} {...rest} />
        ))}
    </ul>
  );
}

/** The latest alerts beside the figures. */
export function AlertList(
  props: Clock & Onward & { readonly alerts: Part<readonly AlertView[]> },
): JSX.Element {
  const all = props.alerts.value ?? [];
  const firing = all.filter(({ state }) => state === 'firing').length;
  return (
    <section class="panel alerts-panel" aria-labelledby="alerts-title">
      <header class="panel-head">
        <h2 id="alerts-title">Alerts</h2>
        <span class={`count ${firing > 0 ? 'count-firing' : ''}`} role="status">
          {firing > 0 ? `${firing} firing` : 'none firing'}
        </span>
      </header>
      <Body {...props} />
      {all.length > SHOWN && (
        <ViewLink name="panel-more" to={moveTo(props.view, 'alerts')} choose={props.choose}>
          All {all.length} alerts
        </ViewLink>
      )}
    </section>
  );
}
