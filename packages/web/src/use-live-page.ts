import { useEffect, useReducer, useRef } from 'preact/hooks';
import { createRefresher, type Refresher } from './create-refresher.ts';
import { isAlertList, isOverview, isSpendSeries } from './decode-api.ts';
import { fetchAnswer } from './fetch-answer.ts';
import { createPageState, type PageEvent, type PageState, reducePage } from './page-state.ts';
import { startStream } from './start-stream.ts';
import { parseView, type Range, renderSpendPath, renderView, type View } from './view-link.ts';

/** The chart follows the tiles; longer ranges cost the ledger more and move less. */
const SPEND_GAP_MS: Readonly<Record<Range, number>> = {
  '1h': 400,
  '6h': 400,
  '24h': 1000,
  '7d': 4000,
};
/** Without an event for this long, the page asks; a silent stream may be a dead one. */
const SILENCE_MS = 20_000;

/** The page's state and what the reader can do to it. */
export interface LivePage {
  readonly state: PageState;
  choose(view: View): void;
  retry(): void;
}

interface Asking {
  readonly overview: Refresher;
  readonly alerts: Refresher;
  readonly spend: Refresher;
}

type Dispatch = (event: PageEvent) => void;

function createAsking(dispatch: Dispatch, read: () => PageState): Asking {
  const overview = createRefresher(async (signal) => {
    const answer = await fetchAnswer('/api/v1/overview', isOverview, signal);
    if (answer?.ok) dispatch({ kind: 'overview', value: answer.value, epochMs: Date.now() });
    else if (answer) dispatch({ kind: 'failed', part: 'overview', problem: answer.problem });
  });
  const alerts = createRefresher(async (signal) => {
    const answer = await fetchAnswer('/api/v1/alerts', isAlertList, signal);
    if (answer?.ok) dispatch({ kind: 'alerts', value: answer.value });
    else if (answer) dispatch({ kind: 'failed', part: 'alerts', problem: answer.problem });
  });
  const spend = createRefresher(async (signal) => {
    const { view, overview: known } = read();
    const path = renderSpendPath(view, known.value?.nowEpochMs ?? Date.now());
    const answer = await fetchAnswer(path, isSpendSeries, signal);
    if (answer?.ok) dispatch({ kind: 'spend', value: answer.value, view });
    else if (answer) dispatch({ kind: 'failed', part: 'spend', problem: answer.problem });
  });
  return { overview, alerts, spend };
}

function startPage(dispatch: Dispatch, read: () => PageState, asking: Asking): () => void {
  let heard = Date.now();
  const stream = startStream('/api/v1/live', {
    onOpen() {
      dispatch({ kind: 'stream opened' });
      asking.overview.now();
      asking.alerts.now();
      asking.spend.now();
    },
    onLost: () => dispatch({ kind: 'stream lost', epochMs: Date.now() }),
    onOverview(value) {
      heard = Date.now();
      dispatch({ kind: 'overview', value, epochMs: heard });
      asking.spend.soon(SPEND_GAP_MS[read().view.range]);
    },
    onAlerts: (value) => dispatch({ kind: 'alerts', value }),
  });
  asking.overview.now();
  asking.alerts.now();
  asking.spend.now();
  const watch = setInterval(() => {
    if (Date.now() - heard < SILENCE_MS) return;
    heard = Date.now();
    asking.overview.now();
    asking.spend.now();
  }, SILENCE_MS / 4);
  return () => {
    clearInterval(watch);
    stream.stop();
    for (const one of Object.values(asking)) one.stop();
  };
}

/** Runs the page: first answers, the live stream, and the URL that mirrors the chosen view. */
export function useLivePage(): LivePage {
  const [state, dispatch] = useReducer(reducePage, location.search, (search: string) =>
    createPageState(parseView(search)),
  );
  const latest = useRef(state);
  latest.current = state;
  const asking = useRef<Asking | undefined>(undefined);

  useEffect(() => {
    const read = () => latest.current;
    const created = createAsking(dispatch, read);
    asking.current = created;
    const stop = startPage(dispatch, read, created);
    const follow = () => dispatch({ kind: 'view chosen', view: parseView(location.search) });
    addEventListener('popstate', follow);
    return () => {
      removeEventListener('popstate', follow);
      stop();
    };
  }, []);

  useEffect(() => asking.current?.spend.now(), [state.view.range, state.view.groupBy]);

  return {
    state,
    choose(view) {
      history.pushState(null, '', renderView(view));
      dispatch({ kind: 'view chosen', view });
    },
    retry() {
      for (const one of Object.values(asking.current ?? {})) one.now();
    },
  };
}
