import type { AlertView } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { AlertItem, type Clock, type Onward } from './alert-item.tsx';
import { NoAlerts } from './alert-list.tsx';
import { Choice } from './choice.tsx';
import { orderAlerts } from './describe-alert.ts';
import { IncidentTimeline } from './incident-timeline.tsx';
import type { BodyProps } from './live-body.tsx';
import { Problem } from './states.tsx';
import { moveTo, RANGE_SECONDS, RANGES } from './view-link.ts';

function Incidents({
  alerts,
  ...rest
}: Clock & Onward & { readonly alerts: readonly AlertView[] }) {
  const ordered = orderAlerts(alerts);
  // What is open at first stays open, whatever comes on top of it.
  const [first] = useState(() => ordered[0]?.incidentId);
  const opened = location.hash.slice(1) || first;
  return (
    <section class="panel alerts-panel" aria-labelledby="incidents-title">
      <header class="panel-head">
        <h2 id="incidents-title">What happened and why</h2>
      </header>
      {alerts.length === 0 ? (
        <NoAlerts />
      ) : (
        <ul class="alerts alerts-wide">
          {ordered.map((alert) => (
            <AlertItem
              key={alert.incidentId}
              alert={alert}
              isOpen={opened === alert.incidentId}
              {...rest}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

/** The page Alerts: when each incident was, and its explanation. */
export function AlertsPage({ page, overview, timeZone }: BodyProps): JSX.Element {
  const { state, choose, retry } = page;
  const { value, problem } = state.alerts;
  const { nowEpochMs } = overview;
  if (!value) {
    return (
      <div class="panel">
        {problem ? (
          <Problem problem={problem} retry={retry} />
        ) : (
          <div class="bone bone-alerts" role="status" aria-label="Loading alerts" />
        )}
      </div>
    );
  }
  return (
    <div class="stack">
      <section class="panel" aria-labelledby="timeline-title">
        <header class="panel-head">
          <h2 id="timeline-title">Timeline</h2>
          <div class="switches">
            <Choice
              name="range"
              label="Time range"
              options={RANGES}
              chosen={state.view.range}
              choose={(range) => choose({ ...moveTo(state.view, 'alerts'), range })}
            />
          </div>
        </header>
        <IncidentTimeline
          alerts={value}
          fromEpochMs={nowEpochMs - RANGE_SECONDS[state.view.range] * 1000}
          nowEpochMs={nowEpochMs}
          timeZone={timeZone}
        />
      </section>
      <Incidents
        alerts={value}
        nowEpochMs={nowEpochMs}
        timeZone={timeZone}
        view={state.view}
        choose={choose}
      />
    </div>
  );
}
