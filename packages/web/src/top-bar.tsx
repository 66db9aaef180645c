import type { JSX } from 'preact';
import { formatClock } from './format.ts';
import { ViewLink } from './link.tsx';
import type { PageState } from './page-state.ts';
import { moveTo, PAGES, type PageName, type View } from './view-link.ts';

const TITLES: Readonly<Record<PageName, string>> = {
  live: 'Live',
  alerts: 'Alerts',
  calls: 'Calls',
  explore: 'Explore',
};

function describeConnection({ connection, heardEpochMs }: PageState, timeZone: string): string {
  switch (connection.kind) {
    case 'connecting':
      return 'Connecting…';
    case 'live':
      return 'Up to date';
    case 'stale':
      if (heardEpochMs === undefined) return 'Not connected';
      return `Stale since ${formatClock(connection.sinceEpochMs, timeZone, { seconds: true })}`;
    default:
      return connection satisfies never;
  }
}

function ConnectionStatus({
  state,
  timeZone,
}: {
  readonly state: PageState;
  readonly timeZone: string;
}): JSX.Element {
  const { kind } = state.connection;
  return (
    <p class={`connection connection-${kind}`} role="status">
      <span class="dot" aria-hidden="true" />
      {describeConnection(state, timeZone)}
      {kind === 'stale' && <span class="connection-more"> · reconnecting</span>}
    </p>
  );
}

/** Name, pages, and whether the figures are fresh. */
export function TopBar({
  state,
  timeZone,
  choose,
}: {
  readonly state: PageState;
  readonly timeZone: string;
  readonly choose: (view: View) => void;
}): JSX.Element {
  const firing = state.alerts.value?.filter((alert) => alert.state === 'firing').length ?? 0;
  return (
    <header class="top">
      <h1>
        <svg class="mark" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
          <path d="M3 16v-5M7.7 16V6M12.3 16V9.5M17 16V3" />
        </svg>
        Tokenmeter
      </h1>
      <nav class="pages" aria-label="Pages">
        {PAGES.map((page) => (
          <ViewLink
            key={page}
            name="page-link"
            to={moveTo(state.view, page)}
            choose={choose}
            isCurrent={state.view.page === page}
          >
            {TITLES[page]}
            {page === 'alerts' && firing > 0 && (
              <span class="page-count">
                {firing}
                <span class="spoken"> firing</span>
              </span>
            )}
          </ViewLink>
        ))}
      </nav>
      {state.overview.value?.hasSeededData && (
        <p class="seeded" title="A part of the history was generated, not metered">
          Includes seeded data
        </p>
      )}
      <ConnectionStatus state={state} timeZone={timeZone} />
    </header>
  );
}
