import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseYaml } from './price-yaml.ts';

test('values read as JSON would have them; dates stay text and numbers as keys too', () => {
  const parsed = parseYaml(
    'prices:\n  - model: 4\n    free: yes\n    valid_from: 2026-03-01\n    rates: { input: 2.5 }\n4: ~\n',
  );
  expect(parsed.ok ? parsed.value : parsed).toEqual({
    prices: [{ model: 4, free: 'yes', valid_from: '2026-03-01', rates: { input: 2.5 } }],
    '4': null,
  });
});

test('every value has its place', () => {
  const parsed = parseYaml('prices:\n  - model: a\n    rates:\n      input: 1\n');
  if (!parsed.ok) throw new Error(parsed.problem);
  expect(parsed.positionOf(['prices', 0, 'rates', 'input'])).toEqual({ line: 4, column: 14 });
  expect(parsed.positionOf(['prices', 0])).toEqual({ line: 2, column: 5 });
  expect(parsed.positionOf(['prices', 1])).toBeUndefined();
  expect(parsed.positionOf(['prices', 0, 'model', 'x'])).toBeUndefined();
});

const SIZE = 1_000_000;
const bomb = Array.from({ length: 20 }, (_, at) => `b${at}: &b${at} [*b${at - 1}, *b${at - 1}]`);

test.for([
  { note: 'a duplicate key', text: 'a: 1\nb: 2\na: 3\n', at: [3, 1], want: 'duplicate key "a"' },
  { note: 'a prototype', text: 'a:\n  __proto__: 1\n', at: [2, 3], want: 'is not allowed' },
  { note: 'a number above all doubles', text: 'a: 1e400\n', at: [1, 4], want: 'range of a double' },
  { note: 'infinity', text: 'a: .inf\n', at: [1, 4], want: 'range of a double' },
  { note: 'no number', text: 'a: [1, .nan]\n', at: [1, 8], want: 'range of a double' },
  { note: 'an alias', text: 'a: &x 1\nb: *x\n', at: [2, 4], want: 'aliases are not allowed' },
  { note: 'a bomb of aliases', text: ['b-1: &b-1 x', ...bomb].join('\n'), at: [2, 10] },
  { note: 'a tag', text: 'a: !!js/function "x"\n', at: [1, 4], want: 'Unresolved tag' },
  { note: 'a list as a key', text: '? [a]\n: 1\n', at: [1, 3], want: 'expected a plain key' },
  { note: 'two documents', text: 'a: 1\n---\nb: 2\n', at: [2, 1], want: 'multiple documents' },
  { note: 'a bad indent', text: 'a:\n  b: 1\n c: 2\n', at: [3, 1] },
  { note: 'an open quote', text: 'a: "b', at: [1, 6] },
  {
    note: 'deep flow',
    text: '['.repeat(50) + ']'.repeat(50),
    at: [1, 34],
    want: 'levels of nesting',
  },
  { note: 'very deep flow', text: '['.repeat(SIZE), at: [1, 1], want: 'YAML tokens' },
  { note: 'deep maps', text: '{a: '.repeat(SIZE / 4), at: [1, 1], want: 'YAML tokens' },
  { note: 'deep lists', text: '- '.repeat(SIZE / 2), at: [1, 1], want: 'YAML tokens' },
  { note: 'many commas', text: `[${','.repeat(SIZE)}]`, at: [1, 1], want: 'YAML tokens' },
  { note: 'many keys', text: 'a: 1\n'.repeat(SIZE / 5), at: [1, 1], want: 'YAML tokens' },
  { note: 'many anchors', text: '&a '.repeat(SIZE / 3), at: [1, 1], want: 'YAML tokens' },
])('$note is refused at its place within a second', ({ text, at, want = '' }) => {
  const started = process.cpuUsage();
  const parsed = parseYaml(text);
  const { user, system } = process.cpuUsage(started);
  expect(user + system).toBeLessThan(1_000_000);
  const [line, column] = at;
  expect(parsed).toEqual({
    ok: false,
    problem: expect.stringContaining(want),
    position: { line, column },
  });
});

test('whatever JSON can say, YAML says too', () => {
  const json = fc.jsonValue({ maxDepth: 5 });
  fc.assert(
    fc.property(json, (value) => {
      // Keys that reach the prototype are refused, and -0 has no sign in JSON.
      const text = JSON.stringify(value);
      fc.pre(!/"(?:__proto__|constructor|prototype)"/.test(text));
      const plain: unknown = JSON.parse(text);
      const parsed = parseYaml(stringify(plain, { aliasDuplicateObjects: false }));
      expect(parsed.ok ? parsed.value : parsed).toEqual(plain);
    }),
  );
});

test('any text is read or refused with a place', () => {
  const pieces = fc.constantFrom(
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '[',
    '}',
    '"',
    "'",
    '#',
    '&',
    '*',
    '!',
    '|',
    '?',
    '%',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (text) => {
      const parsed = parseYaml(text.join(''));
      expect(parsed.ok || parsed.position.line >= 1).toBe(true);
    }),
  );
});
