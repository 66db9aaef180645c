import type { Overview } from '@tokenmeter/server';
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
  /** Takes in an overview from wherever it came, and lets the chart follow. */
  receive(value: Overview): void;
}

function refreshersOf({ overview, alerts, spend }: Asking): readonly Refresher[] {
  return [overview, alerts, spend];
}

type Dispatch = (event: PageEvent) => void;

function createAsking(dispatch: Dispatch, read: () => PageState): Asking {
  /** How far the server's clock is ahead of this machine's; undefined until it told. */
  let aheadMs: number | undefined;

  function receive(value: Overview): void {
    const isFirst = aheadMs === undefined;
    const epochMs = Date.now();
    aheadMs = value.nowEpochMs - epochMs;
    dispatch({ kind: 'overview', value, epochMs });
    if (isFirst) spend.now();
    else spend.soon(SPEND_GAP_MS[read().view.range]);
  }

  const overview = createRefresher(async (signal) => {
    const answer = await fetchAnswer('/api/v1/overview', isOverview, signal);
    if (answer?.ok) receive(answer.value);
    else if (answer) dispatch({ kind: 'failed', part: 'overview', problem: answer.problem });
  });
  const alerts = createRefresher(async (signal) => {
    const answer = await fetchAnswer('/api/v1/alerts', isAlertList, signal);
    if (answer?.ok) dispatch({ kind: 'alerts', value: answer.value });
    else if (answer) dispatch({ kind: 'failed', part: 'alerts', problem: answer.problem });
  });
  const spend = createRefresher(async (signal) => {
    if (aheadMs === undefined) return;
    const { view } = read();
    const path = renderSpendPath(view, Date.now() + aheadMs);
    const answer = await fetchAnswer(path, isSpendSeries, signal);
    if (answer?.ok) dispatch({ kind: 'spend', value: answer.value, view });
    else if (answer) dispatch({ kind: 'failed', part: 'spend', problem: answer.problem });
  });
  return { overview, alerts, spend, receive };
}

function startPage(dispatch: Dispatch, asking: Asking): () => void {
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
      asking.receive(value);
    },
    onAlerts: (value) => dispatch({ kind: 'alerts', value }),
  });
  asking.overview.now();
  asking.alerts.now();
  const watch = setInterval(() => {
    if (Date.now() - heard < SILENCE_MS) return;
    heard = Date.now();
    asking.overview.now();
  }, SILENCE_MS / 4);
  return () => {
    clearInterval(watch);
    stream.stop();
    for (const one of refreshersOf(asking)) one.stop();
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
    const stop = startPage(dispatch, created);
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
      for (const one of asking.current ? refreshersOf(asking.current) : []) one.now();
    },
  };
}
