import type { AlertView } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { formatClock, formatDay } from './format.ts';
import { Icon } from './icons.tsx';
import { placeIncidents } from './place-incidents.ts';

/** A stretch of time in which incidents are drawn. */
export interface TimelineProps {
  readonly alerts: readonly AlertView[];
  readonly fromEpochMs: number;
  readonly nowEpochMs: number;
  readonly timeZone: string;
}

const TICKS = 6;

function Ticks({ fromEpochMs, nowEpochMs, timeZone }: Omit<TimelineProps, 'alerts'>) {
  const spanMs = nowEpochMs - fromEpochMs;
  const isLong = spanMs > 2 * 86_400_000;
  const ticks = Array.from({ length: TICKS }, (_, index) => index / TICKS);
  return (
    <div class="lane lane-ticks" aria-hidden="true">
      <span />
      <div class="lane-track">
        {ticks.map((part) => {
          const epochMs = fromEpochMs + part * spanMs;
          return (
            <span class="tick" key={part} style={{ left: `${part * 100}%` }}>
              {isLong ? formatDay(epochMs, timeZone) : formatClock(epochMs, timeZone)}
            </span>
          );
        })}
        <span class="tick tick-now">now</span>
      </div>
    </div>
  );
}

/** When each incident began and ended, one lane for each thing that went wrong. */
export function IncidentTimeline(props: TimelineProps): JSX.Element {
  const lanes = placeIncidents(props.alerts, props.fromEpochMs, props.nowEpochMs);
  if (lanes.length === 0) return <p class="quiet">No incident in this range.</p>;
  return (
    <div class="lanes">
      {lanes.map((lane) => (
        <div class="lane" key={lane.name}>
          <span class="lane-name" title={lane.name}>
            {lane.name}
          </span>
          <div class="lane-track">
            {lane.spans.map((span) => (
              <a
                class={`span span-${span.severity} ${span.isFiring ? 'span-firing' : ''}`}
                key={span.incidentId}
                href={`#${span.incidentId}`}
                title={span.title}
                style={{
                  left: `min(${span.start * 100}%, 100% - 22px)`,
                  width: `${span.length * 100}%`,
                }}
              >
                <Icon name={span.severity} />
                <span class="spoken">{span.title}</span>
              </a>
            ))}
          </div>
        </div>
      ))}
      <Ticks {...props} />
    </div>
  );
}
