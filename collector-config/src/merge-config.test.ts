import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConfigMap } from './config-value.ts';
import { mergeConfig } from './merge-config.ts';

test.for<{ note: string; configs: readonly ConfigMap[]; want: ConfigMap }>([
  { note: 'nothing is an empty map', configs: [], want: {} },
  {
    note: 'maps merge deeply',
    configs: [{ a: { b: 1, c: 2 } }, { a: { c: 3, d: 4 } }],
    want: { a: { b: 1, c: 3, d: 4 } },
  },
  {
    note: 'lists are replaced',
    configs: [{ a: [1, 2] }, { a: [3] }],
    want: { a: [3] },
  },
  {
    note: 'an empty section wipes, as it does in the Collector',
    configs: [{ a: { b: 1 } }, { a: null }],
    want: { a: null },
  },
  {
    note: 'a scalar gives way to a map',
    configs: [{ a: 1 }, { a: { b: 2 } }],
    want: { a: { b: 2 } },
  },
])('$note', ({ configs, want }) => {
  expect(mergeConfig(configs)).toEqual(want);
});

const leaf = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.array(fc.integer()));
const config = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom('x', 'y'), leaf)),
);

test('merging a configuration with itself changes nothing, and grouping does not matter', () => {
  fc.assert(
    fc.property(config, config, config, (one, two, three) => {
      expect(mergeConfig([one, one])).toEqual(mergeConfig([one]));
      expect(mergeConfig([mergeConfig([one, two]), three])).toEqual(mergeConfig([one, two, three]));
    }),
  );
});
