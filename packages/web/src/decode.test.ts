import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAlertList, isApiProblem, isOverview, isSpendSeries } from './decode-api.ts';
import { decodeCalls, filterCalls } from './decode-calls.ts';
import {
  BUSY_OVERVIEW,
  createCalls,
  createSpend,
  EMPTY_OVERVIEW,
  NOW,
  SAMPLE_ALERTS,
} from './sample-data.test-kit.ts';
import { DEFAULT_VIEW, renderSpendPath } from './view-link.ts';

const SPEND = createSpend(new URL(renderSpendPath(DEFAULT_VIEW, NOW), 'http://page'));

describe('answers of the API', () => {
  test('what the server gives is taken', () => {
    expect([
      isOverview(BUSY_OVERVIEW),
      isOverview(EMPTY_OVERVIEW),
      isAlertList(SAMPLE_ALERTS),
      isSpendSeries(SPEND),
      isApiProblem({ error: 'no' }),
    ]).toEqual([true, true, true, true, true]);
  });

  test('nothing else throws or passes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isOverview(value) || isSpendSeries(value)).toBe(false);
        expect(isAlertList(value)).toBe(Array.isArray(value) && value.length === 0);
        expect(() => decodeCalls(value)).not.toThrow();
      }),
    );
  });

  test.for([
    { note: 'an array that is too short', value: { ...SPEND, times: SPEND.times.slice(1) } },
    { note: 'a missing step', value: { ...SPEND, stepSeconds: undefined } },
    {
      note: 'a total that is text',
      value: { ...SPEND, series: [{ ...SPEND.series[0], totalUsd: '1' }] },
    },
  ])('spend with $note is refused', ({ value }) => {
    expect(isSpendSeries(value)).toBe(false);
  });
});

describe('calls', () => {
  test.for([
    { note: 'a feature', wanted: { feature: 'a' }, want: ['a x', 'a y'] },
    { note: 'a model', wanted: { model: 'x' }, want: ['a x', 'b x'] },
    { note: 'both', wanted: { feature: 'b', model: 'x' }, want: ['b x'] },
    { note: 'nothing', wanted: {}, want: ['a x', 'a y', 'b x'] },
  ])('filtered by $note', ({ wanted, want }) => {
    const rows = ['a x', 'a y', 'b x'].map((name) => {
      const [feature, model] = name.split(' ');
      return { timestamp: NOW, feature, model };
    });
    const calls = filterCalls(decodeCalls(rows) ?? [], wanted);
    expect(calls.map(({ feature, model }) => `${feature} ${model}`)).toEqual(want);
  });

  test('a row becomes a call; what it lacks stays unknown', () => {
    const row = {
      timestamp: '2026-11-20 14:25:30.5',
      provider: 'openai',
      model: 'gpt-4o',
      feature: null,
      input_tokens: '9007199254740993',
      output_tokens: 0,
      cache_tokens: null,
      cost_usd: null,
      team: '',
      trace_id: 'abc',
    };
    expect(decodeCalls([row])).toEqual([
      {
        epochMs: NOW + 500,
        provider: 'openai',
        model: 'gpt-4o',
        feature: 'unattributed',
        inputTokens: 9_007_199_254_740_992,
        outputTokens: 0,
        facts: [['Trace', 'abc']],
      },
    ]);
  });

  test.for([
    { timestamp: NOW, want: NOW },
    { timestamp: '2026-11-20T14:25:30Z', want: NOW },
    { timestamp: '2026-11-20T15:25:30+01:00', want: NOW },
    { timestamp: '2026-11-20 14:25:30+00', want: NOW },
    { timestamp: '2026-11-20T14:25:30', want: NOW },
  ])('$timestamp is an instant', ({ timestamp, want }) => {
    expect(decodeCalls([{ timestamp }])?.[0]?.epochMs).toBe(want);
  });

  test('a table of columns and rows reads like a list of rows', () => {
    const table = {
      columns: [
        { name: 'timestamp', type: 'TIMESTAMP' },
        { name: 'model', type: 'VARCHAR' },
      ],
      rows: [['2026-11-20T14:25:30Z', 'gpt-4o']],
      isTruncated: false,
    };
    const list = [{ timestamp: NOW, model: 'gpt-4o' }];
    expect(decodeCalls(table)).toEqual(decodeCalls(list));
    expect(decodeCalls({ ...table, rows: [[]] })).toBeUndefined();
  });

  test('a list with something that is not a call is refused', () => {
    expect(decodeCalls([...createCalls(new URL('http://page/')), { model: 'x' }])).toBeUndefined();
    expect(decodeCalls({})).toBeUndefined();
  });
});
