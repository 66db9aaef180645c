import { describe, expect, test } from 'vitest';
import { createPriceBook, parsePriceFile } from './index.ts';

/** Far more than any of it takes, far less than what grows without bounds does. */
const LONGEST_MS = 5000;

/** How long this process has computed; what it waits for on a busy machine does not count. */
function computedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

describe('hostile files are refused with a position', () => {
  const deep = `{"prices":${'['.repeat(100)}`;
  test.for([
    { note: 'not JSON', text: '{"a": tru}', want: { line: 1, column: 7 } },
    { note: 'a comma too many', text: '{"prices": [\n  1,\n]}', want: { line: 3, column: 1 } },
    { note: 'a duplicate key', text: '{"a": 1,\n "a": 2}', want: { line: 2, column: 2 } },
    { note: 'a prototype', text: '{"__proto__": {"a": 1}}', want: { line: 1, column: 2 } },
    {
      note: 'a number above all doubles',
      text: '{"gpt-4o": {"input_cost_per_token": 1e400}}',
      want: { line: 1, column: 37 },
    },
    { note: 'an open string', text: '{"a": "b', want: { line: 1, column: 7 } },
    { note: 'deep nesting', text: deep, want: { line: 1, column: 42 } },
    { note: 'ten megabytes', text: `"${'a'.repeat(10_000_000)}"`, want: { line: 1, column: 1 } },
    {
      note: 'ever more keys',
      text: `{${Array.from({ length: 300_000 }, (_, at) => `"k${at}": 1`).join(',\n')}}`,
      want: { line: 60_001, column: 1 },
    },
    { note: 'text behind the end', text: '{} {}', want: { line: 1, column: 4 } },
    { note: 'nothing', text: '', want: { line: 1, column: 1 } },
    { note: 'another kind of file', text: '[1]', want: { line: 1, column: 1 } },
    {
      note: 'a price as text',
      text: '{"gpt-4o":\n {"input_cost_per_token": "5"}}',
      want: { line: 2, column: 27 },
    },
    {
      note: 'a negative price',
      text: '{"gpt-4o": {"output_cost_per_token": -1}}',
      want: { line: 1, column: 38 },
    },
    {
      note: 'an unknown field',
      text: '{"prices": [{"model": "m", "free": true, "rate": 1}]}',
      want: { line: 1, column: 50 },
    },
    {
      note: 'a day that is none',
      text: '{"prices": [{"model": "m", "free": true, "valid_from": "2026-02-30"}]}',
      want: { line: 1, column: 56 },
    },
    {
      note: 'an end before the start',
      text: '{"prices": [{"model": "m", "free": true, "valid_from": "2026-02-02", "valid_to": "2026-02-01"}]}',
      want: { line: 1, column: 82 },
    },
    {
      note: 'a regular expression',
      text: '{"prices": [{"pattern": "(a+)+$", "free": true}]}',
      want: { line: 1, column: 25 },
    },
  ])('$note', ({ text, want }) => {
    const started = computedMs();
    const parsed = parsePriceFile(text, { name: 'bad', mode: 'overlay' });
    expect(computedMs() - started).toBeLessThan(LONGEST_MS);
    expect(parsed.ok ? undefined : parsed.problems[0]?.position).toEqual(want);
  });
});

test('a glob of many stars costs no time', () => {
  const file = { prices: [{ model: `${'a*'.repeat(400)}b`, free: true }] };
  const parsed = parsePriceFile(JSON.stringify(file), { name: 'stars', mode: 'overlay' });
  const book = createPriceBook(parsed.ok ? [parsed.layer] : []);
  const started = computedMs();
  expect(book.find('openai', 'a'.repeat(500))).toBeUndefined();
  expect(computedMs() - started).toBeLessThan(LONGEST_MS);
});

test('rows that refer to each other in many ways cost no time', () => {
  const prices = Array.from({ length: 2000 }, () => ({
    provider: 'a',
    model: 'm',
    valid_from: '2020-01-01',
    base: 'a/m',
  }));
  const parsed = parsePriceFile(JSON.stringify({ prices }), { name: 'self', mode: 'overlay' });
  const book = createPriceBook(parsed.ok ? [parsed.layer] : []);
  const started = computedMs();
  expect(book.find('a', 'm')).toBeUndefined();
  expect(computedMs() - started).toBeLessThan(LONGEST_MS);
});
