import type { AlertView, Overview } from '@tokenmeter/server';
import { useEffect, useReducer, useRef } from 'preact/hooks';
import { createRefresher, type Refresher } from './create-refresher.ts';
import { isAlertList, isOverview, isSpendSeries } from './decode-api.ts';
import { decodeCalls } from './decode-calls.ts';
import { type Answer, fetchAnswer, keepIf } from './fetch-answer.ts';
import { createPageState, type PageEvent, type PageState, reducePage } from './page-state.ts';
import { startStream } from './start-stream.ts';
import {
  parseView,
  type Range,
  renderCallsPath,
  renderSpendPath,
  renderView,
  type View,
} from './view-link.ts';

/** The chart follows the tiles; longer ranges cost the ledger more and move less. */
const SPEND_GAP_MS: Readonly<Record<Range, number>> = {
  '1h': 400,
  '6h': 400,
  '24h': 1000,
  '7d': 4000,
  '30d': 15_000,
};
const CALLS_GAP_MS = 1000;

/** The page's state and what the reader can do to it. */
export interface LivePage {
  readonly state: PageState;
  choose(view: View): void;
  retry(): void;
}

interface Asking {
  /** Asks for the answers that the view shows, at once. */
  now(): void;
  /** Takes in an overview of the stream, and lets chart and calls follow. */
  hearOverview(value: Overview): void;
  /** Takes in the alerts of the stream. */
  hearAlerts(value: readonly AlertView[]): void;
  stop(): void;
}

type Dispatch = (event: PageEvent) => void;

interface Question<T> {
  readonly part: 'overview' | 'alerts' | 'spend' | 'calls';
  readonly ask: (signal: AbortSignal) => Promise<Answer<T> | undefined>;
  readonly take: (value: T) => void;
}

function createPart<T>(dispatch: Dispatch, { part, ask, take }: Question<T>): Refresher {
  return createRefresher(async (signal) => {
    const answer = await ask(signal);
    if (answer?.ok) take(answer.value);
    else if (answer) dispatch({ kind: 'failed', part, problem: answer.problem });
  });
}

function follow(part: Refresher, gapMs: number): void {
  if (gapMs === 0) part.now();
  else part.soon(gapMs);
}

function createAsking(dispatch: Dispatch, read: () => PageState): Asking {
  /** How far the server's clock is ahead of this machine's; undefined until it told. */
  let aheadMs: number | undefined;
  /** The views that the requests under way are about. */
  let spendView = read().view;
  let callsView = read().view;

  const overview = createPart(dispatch, {
    part: 'overview',
    ask: (signal) => fetchAnswer('/api/v1/overview', keepIf(isOverview), signal),
    take: receive,
  });
  const alerts = createPart(dispatch, {
    part: 'alerts',
    ask: (signal) => fetchAnswer('/api/v1/alerts', keepIf(isAlertList), signal),
    take: (value) => dispatch({ kind: 'alerts', value }),
  });
  const spend = createPart(dispatch, {
    part: 'spend',
    async ask(signal) {
      if (aheadMs === undefined) return undefined;
      spendView = read().view;
      const path = renderSpendPath(spendView, Date.now() + aheadMs);
      return fetchAnswer(path, keepIf(isSpendSeries), signal);
    },
    take: (value) => dispatch({ kind: 'spend', value, view: spendView }),
  });
  const calls = createPart(dispatch, {
    part: 'calls',
    async ask(signal) {
      if (aheadMs === undefined) return undefined;
      callsView = read().view;
      const path = renderCallsPath(callsView, Date.now() + aheadMs);
      return fetchAnswer(path, decodeCalls, signal);
    },
    take: (value) => dispatch({ kind: 'calls', value, view: callsView }),
  });

  function receive(value: Overview): void {
    const isFirst = aheadMs === undefined;
    const epochMs = Date.now();
    aheadMs = value.nowEpochMs - epochMs;
    dispatch({ kind: 'overview', value, epochMs });
    const { page, range } = read().view;
    if (page === 'live') follow(spend, isFirst ? 0 : SPEND_GAP_MS[range]);
    if (page === 'calls') follow(calls, isFirst ? 0 : CALLS_GAP_MS);
  }

  return {
    hearOverview(value) {
      overview.drop();
      receive(value);
    },
    hearAlerts(value) {
      alerts.drop();
      dispatch({ kind: 'alerts', value });
    },
    now() {
      overview.now();
      alerts.now();
      const { page } = read().view;
      if (page === 'live') spend.now();
      if (page === 'calls') calls.now();
    },
    stop() {
      for (const one of [overview, alerts, spend, calls]) one.stop();
    },
  };
}

function startPage(dispatch: Dispatch, asking: Asking): () => void {
  const stream = startStream('/api/v1/live', {
    onOpen() {
      dispatch({ kind: 'stream opened' });
      asking.now();
    },
    onLost: () => dispatch({ kind: 'stream lost', epochMs: Date.now() }),
    onOverview: asking.hearOverview,
    onAlerts: asking.hearAlerts,
  });
  return () => {
    stream.stop();
    asking.stop();
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
    const created = createAsking(dispatch, () => latest.current);
    asking.current = created;
    const stop = startPage(dispatch, created);
    const follow = () => dispatch({ kind: 'view chosen', view: parseView(location.search) });
    addEventListener('popstate', follow);
    return () => {
      removeEventListener('popstate', follow);
      stop();
    };
  }, []);

  const viewLink = renderView(state.view);
  // Runs after the first render too, so that a refused stream does not keep the page waiting.
  useEffect(() => asking.current?.now(), [viewLink]);

  return {
    state,
    choose(view) {
      history.pushState(null, '', renderView(view));
      dispatch({ kind: 'view chosen', view });
    },
    retry: () => asking.current?.now(),
  };
}
