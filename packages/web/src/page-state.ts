import type { AlertView, ApiProblem, Overview, SpendSeries } from '@tokenmeter/server';
import { assignColours, type ColourSlots } from './assign-colours.ts';
import type { CallRow } from './decode-calls.ts';
import { isSameSpan } from './time-span.ts';
import { FILTERS, type View } from './view-link.ts';

/** A part of the page: its last good value, and the problem of the last attempt if that failed. */
export interface Part<T> {
  readonly value?: T;
  readonly problem?: ApiProblem;
}

/** Whether figures arrive by themselves. */
type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'stale'; readonly sinceEpochMs: number };

/** Everything that the page shows; views are functions of it. */
export interface PageState {
  readonly view: View;
  readonly connection: Connection;
  readonly overview: Part<Overview>;
  readonly alerts: Part<readonly AlertView[]>;
  readonly spend: Part<SpendSeries>;
  readonly calls: Part<readonly CallRow[]>;
  /** Colour slots of the dimension in view. */
  readonly colours: ColourSlots;
  /** When the server was last heard of, by this machine's clock; undefined before the first time. */
  readonly heardEpochMs?: number;
}

/** What can happen to the page. */
export type PageEvent =
  | { readonly kind: 'view chosen'; readonly view: View }
  | { readonly kind: 'stream opened' }
  | { readonly kind: 'stream lost'; readonly epochMs: number }
  | { readonly kind: 'overview'; readonly value: Overview; readonly epochMs: number }
  | { readonly kind: 'alerts'; readonly value: readonly AlertView[] }
  | { readonly kind: 'spend'; readonly value: SpendSeries; readonly view: View }
  | { readonly kind: 'calls'; readonly value: readonly CallRow[]; readonly view: View }
  | {
      readonly kind: 'failed';
      readonly part: 'overview' | 'alerts' | 'spend' | 'calls';
      readonly problem: ApiProblem;
    };

/** The page before anything is known. */
export function createPageState(view: View): PageState {
  return {
    view,
    connection: { kind: 'connecting' },
    overview: {},
    alerts: {},
    spend: {},
    calls: {},
    colours: new Map(),
  };
}

function isSameSpend(left: View, right: View): boolean {
  return (
    left.range === right.range &&
    left.groupBy === right.groupBy &&
    isSameSpan(left.span, right.span)
  );
}

function areSameCalls(left: View, right: View): boolean {
  return (
    left.range === right.range &&
    isSameSpan(left.span, right.span) &&
    left.order === right.order &&
    FILTERS.every(([name]) => left[name] === right[name])
  );
}

function chooseView(state: PageState, view: View): PageState {
  const isSameGroup = state.view.groupBy === view.groupBy;
  return {
    ...state,
    view,
    spend: isSameSpend(state.view, view) ? state.spend : {},
    calls: areSameCalls(state.view, view) ? state.calls : {},
    colours: isSameGroup ? state.colours : new Map(),
  };
}

function receiveSpend(state: PageState, value: SpendSeries): PageState {
  const keys = value.series.map(({ key }) => key);
  return { ...state, spend: { value }, colours: assignColours(state.colours, keys) };
}

/** The state after an event. Pure; an answer to a question that is no longer asked changes nothing. */
export function reducePage(state: PageState, event: PageEvent): PageState {
  switch (event.kind) {
    case 'view chosen':
      return chooseView(state, event.view);
    case 'stream opened':
      return { ...state, connection: { kind: 'live' } };
    case 'stream lost':
      if (state.connection.kind === 'stale') return state;
      return {
        ...state,
        connection: { kind: 'stale', sinceEpochMs: state.heardEpochMs ?? event.epochMs },
      };
    case 'overview':
      return { ...state, overview: { value: event.value }, heardEpochMs: event.epochMs };
    case 'alerts':
      return { ...state, alerts: { value: event.value } };
    case 'spend':
      return isSameSpend(state.view, event.view) ? receiveSpend(state, event.value) : state;
    case 'calls':
      return areSameCalls(state.view, event.view)
        ? { ...state, calls: { value: event.value } }
        : state;
    case 'failed':
      return { ...state, [event.part]: { ...state[event.part], problem: event.problem } };
    default:
      return event satisfies never;
  }
}
