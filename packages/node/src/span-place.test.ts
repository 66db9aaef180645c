import { ROOT_CONTEXT, TraceFlags, type TraceState, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { placeSpan } from './span-place.ts';

const DESCRIPTION = {
  name: 'chat gpt-4o',
  startAttributes: {},
  startEpochMs: 0,
  endEpochMs: 1,
  putEndAttributes: () => undefined,
};

const IDS = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

/** Sentry's keys are none by the API's own rules, so it brings a state of its own. */
function stateOf(entries: Readonly<Record<string, string>>): TraceState {
  const state: TraceState = {
    get: (key) => entries[key],
    set: () => state,
    unset: () => state,
    serialize: () => '',
  };
  return state;
}

const URL_ENTRY = { 'sentry.url': 'http://h' };

test.for([
  { note: 'a sampled parent', traceFlags: TraceFlags.SAMPLED, state: {}, want: IDS.spanId },
  { note: 'an unsampled parent', traceFlags: TraceFlags.NONE, state: {}, want: 'none' },
  {
    note: 'a placeholder of Sentry',
    traceFlags: TraceFlags.NONE,
    state: URL_ENTRY,
    want: 'root',
  },
  {
    note: 'what Sentry left out',
    traceFlags: TraceFlags.NONE,
    state: { ...URL_ENTRY, 'sentry.sampled_not_recording': '1' },
    want: 'none',
  },
])('under $note a span is placed below $want', ({ traceFlags, state, want }) => {
  const context = trace.setSpanContext(ROOT_CONTEXT, {
    ...IDS,
    traceFlags,
    traceState: stateOf(state),
  });
  const span = placeSpan(DESCRIPTION, context);
  expect(span === undefined ? 'none' : (span.parent?.spanId ?? 'root')).toBe(want);
});
