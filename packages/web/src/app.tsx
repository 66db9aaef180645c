import type { Overview } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { AlertsPage } from './alerts-page.tsx';
import { CallsPage } from './calls-page.tsx';
import { ExplorePage } from './explore-page.tsx';
import { formatInstant, formatUsd, knownTimeZone } from './format.ts';
import { LiveBody } from './live-body.tsx';
import type { PageState } from './page-state.ts';
import { EmptyState, Loading, Problem } from './states.tsx';
import { TopBar } from './top-bar.tsx';
import { type LivePage, useLivePage } from './use-live-page.ts';

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
  if (state.view.page === 'explore') return <ExplorePage />;
  if (!overview) {
    if (!state.overview.problem) return <Loading />;
    return (
      <div class="panel failed">
        <Problem problem={state.overview.problem} retry={page.retry} />
      </div>
    );
  }
  if (overview.firstDataEpochMs === undefined) return <EmptyState origin={location.origin} />;
  const props = { page, timeZone, overview };
  switch (state.view.page) {
    case 'live':
      return <LiveBody {...props} />;
    case 'alerts':
      return <AlertsPage {...props} />;
    case 'calls':
      return <CallsPage {...props} />;
    default:
      return state.view.page satisfies never;
  }
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
      <TopBar state={state} timeZone={timeZone} choose={page.choose} />
      <main>
        <Main page={page} timeZone={timeZone} />
      </main>
      {state.overview.value && <Footer overview={state.overview.value} timeZone={timeZone} />}
    </div>
  );
}
