import { describe, expect, test } from 'vitest';
import { createPageState, type PageEvent, type PageState, reducePage } from './page-state.ts';
import { BUSY_OVERVIEW, createSpend, NOW, SAMPLE_ALERTS } from './sample-data.test-kit.ts';
import { DEFAULT_VIEW, renderSpendPath, type View } from './view-link.ts';

const SPEND = createSpend(new URL(renderSpendPath(DEFAULT_VIEW, NOW), 'http://page'));
const PROBLEM = { error: 'The ledger is locked.' };
const BY_MODEL: View = { ...DEFAULT_VIEW, groupBy: 'model' };

function play(...events: readonly PageEvent[]): PageState {
  return events.reduce(reducePage, createPageState(DEFAULT_VIEW));
}

const heard: PageEvent = { kind: 'overview', value: BUSY_OVERVIEW, epochMs: 1000 };
const spent: PageEvent = { kind: 'spend', value: SPEND, view: DEFAULT_VIEW };

describe('connection', () => {
  test.for([
    { note: 'opened', events: [{ kind: 'stream opened' }], want: { kind: 'live' } },
    {
      note: 'lost after data: stale since the data',
      events: [{ kind: 'stream opened' }, heard, { kind: 'stream lost', epochMs: 9000 }],
      want: { kind: 'stale', sinceEpochMs: 1000 },
    },
    {
      note: 'lost before any data: stale since then',
      events: [{ kind: 'stream lost', epochMs: 9000 }],
      want: { kind: 'stale', sinceEpochMs: 9000 },
    },
    {
      note: 'failed to come back: still stale since the first loss',
      events: [
        { kind: 'stream lost', epochMs: 2000 },
        { kind: 'stream lost', epochMs: 9000 },
      ],
      want: { kind: 'stale', sinceEpochMs: 2000 },
    },
    {
      note: 'back again',
      events: [{ kind: 'stream lost', epochMs: 2000 }, { kind: 'stream opened' }],
      want: { kind: 'live' },
    },
  ] satisfies readonly { note: string; events: PageEvent[]; want: unknown }[])(
    '$note',
    ({ events, want }) => {
      expect(play(...events).connection).toEqual(want);
    },
  );
});

describe('parts', () => {
  test('a failure keeps the last good value', () => {
    const failed: PageEvent = { kind: 'failed', part: 'overview', problem: PROBLEM };
    expect(play(heard, failed).overview).toEqual({ value: BUSY_OVERVIEW, problem: PROBLEM });
  });

  test('a good answer clears the problem', () => {
    const failed: PageEvent = { kind: 'failed', part: 'alerts', problem: PROBLEM };
    const alerts: PageEvent = { kind: 'alerts', value: SAMPLE_ALERTS };
    expect(play(failed, alerts).alerts).toEqual({ value: SAMPLE_ALERTS });
  });

  test('an answer to an abandoned question changes nothing', () => {
    const state = play({ kind: 'view chosen', view: BY_MODEL });
    expect(reducePage(state, spent)).toBe(state);
  });
});

describe('view', () => {
  test('another range keeps the colours and drops the figures', () => {
    const before = play(spent);
    const view: View = { ...DEFAULT_VIEW, range: '7d' };
    const after = reducePage(before, { kind: 'view chosen', view });
    expect(after).toEqual({ ...before, view, spend: {} });
  });

  test('another dimension starts with its own colours', () => {
    expect(play(spent, { kind: 'view chosen', view: BY_MODEL }).colours).toEqual(new Map());
  });

  test('another page keeps what it does not change', () => {
    const before = play(spent);
    const view: View = { ...DEFAULT_VIEW, page: 'calls' };
    expect(reducePage(before, { kind: 'view chosen', view })).toEqual({ ...before, view });
  });

  test('another filter drops the calls of the one before', () => {
    const called: PageEvent = { kind: 'calls', value: [], view: DEFAULT_VIEW };
    const view: View = { ...DEFAULT_VIEW, feature: 'smart-reply' };
    const after = play(called, { kind: 'view chosen', view });
    expect(after.calls).toEqual({});
    expect(reducePage(after, called)).toBe(after);
  });
});
