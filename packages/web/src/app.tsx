import type { Overview } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { AlertList } from './alert-list.tsx';
import { formatClock, formatInstant, formatUsd, knownTimeZone } from './format.ts';
import type { PageState } from './page-state.ts';
import { SpendPanel } from './spend-panel.tsx';
import { EmptyState, Problem, UnpricedNotice } from './states.tsx';
import { Tiles, TilesSkeleton } from './tiles.tsx';
import { type LivePage, useLivePage } from './use-live-page.ts';

function ConnectionStatus({
  state,
  timeZone,
}: {
  readonly state: PageState;
  readonly timeZone: string;
}): JSX.Element {
  const { connection } = state;
  const words = {
    connecting: 'Connecting…',
    live: 'Live',
    stale:
      connection.kind === 'stale' && state.heardEpochMs !== undefined
        ? `Stale since ${formatClock(connection.sinceEpochMs, timeZone, { seconds: true })}`
        : 'Not connected',
  };
  return (
    <p class={`connection connection-${connection.kind}`} role="status">
      <span class="dot" aria-hidden="true" />
      {words[connection.kind]}
      {connection.kind === 'stale' && <span class="connection-more"> · reconnecting</span>}
    </p>
  );
}

function TopBar({
  state,
  timeZone,
}: {
  readonly state: PageState;
  readonly timeZone: string;
}): JSX.Element {
  return (
    <header class="top">
      <h1>
        <svg class="mark" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
          <path d="M3 16v-5M7.7 16V6M12.3 16V9.5M17 16V3" />
        </svg>
        Tokenmeter
      </h1>
      {state.overview.value?.hasSeededData && (
        <p class="seeded" title="A part of the history was generated, not metered">
          Includes seeded data
        </p>
      )}
      <ConnectionStatus state={state} timeZone={timeZone} />
    </header>
  );
}

function Footer({
  overview,
  timeZone,
}: {
  readonly overview: Overview;
  readonly timeZone: string;
}): JSX.Element {
  const { firstDataEpochMs, lastDataEpochMs, nowEpochMs, priceBookVersions } = overview;
  const at = (epochMs: number) => formatInstant(epochMs, nowEpochMs, timeZone);
  return (
    <footer class="foot">
      <span>Times in {timeZone}</span>
      {firstDataEpochMs !== undefined && lastDataEpochMs !== undefined && (
        <span>
          Data since {at(firstDataEpochMs)}, last call {at(lastDataEpochMs)}
        </span>
      )}
      <span>
        {priceBookVersions.length === 0
          ? 'No price book in use yet'
          : `Price book ${priceBookVersions.join(', ')}`}
      </span>
    </footer>
  );
}

function Main({ page, timeZone }: { readonly page: LivePage; readonly timeZone: string }) {
  const { state } = page;
  const overview = state.overview.value;
  if (!overview) {
    if (state.overview.problem) {
      return (
        <div class="panel failed">
          <Problem problem={state.overview.problem} retry={page.retry} />
        </div>
      );
    }
    return (
      <div class="loading" role="status" aria-label="Loading">
        <TilesSkeleton />
        <div class="columns">
          <div class="panel side bone-panel">
            <div class="bone bone-title" />
            <div class="bone bone-alerts" />
          </div>
          <div class="panel bone-panel">
            <div class="bone bone-title" />
            <div class="bone bone-chart" />
          </div>
        </div>
      </div>
    );
  }
  if (overview.firstDataEpochMs === undefined) return <EmptyState origin={location.origin} />;
  const clock = { nowEpochMs: overview.nowEpochMs, timeZone };
  return (
    <>
      <Tiles overview={overview} />
      <div class="columns">
        <aside class="side">
          <AlertList alerts={state.alerts} {...clock} />
          <UnpricedNotice overview={overview} />
        </aside>
        <SpendPanel state={state} {...clock} choose={page.choose} retry={page.retry} />
      </div>
    </>
  );
}

function titleOf(state: PageState): string {
  const overview = state.overview.value;
  if (overview?.firstDataEpochMs === undefined) return 'Tokenmeter';
  const firing = state.alerts.value?.filter((alert) => alert.state === 'firing').length ?? 0;
  const mark = firing > 0 ? `(${firing}) ` : '';
  return `${mark}${formatUsd(overview.today.usd)} today · Tokenmeter`;
}

/** The whole page. */
export function App(): JSX.Element {
  const page = useLivePage();
  const { state } = page;
  const timeZone = knownTimeZone(
    state.overview.value?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  );
  const title = titleOf(state);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div class={`page page-${state.connection.kind}`}>
      <TopBar state={state} timeZone={timeZone} />
      <main>
        <Main page={page} timeZone={timeZone} />
      </main>
      {state.overview.value && <Footer overview={state.overview.value} timeZone={timeZone} />}
    </div>
  );
}
