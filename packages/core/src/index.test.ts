import { expect, test } from 'vitest';
import * as core from './index.ts';

test('the public names are these and no others', () => {
  expect(Object.keys(core).sort()).toEqual([
    'TOKEN_CLASSES',
    'cacheStatus',
    'createResponseDecoder',
    'decodeRequest',
    'inclusiveTotals',
    'matchEndpoint',
    'parseDeclaredHosts',
  ]);
});
