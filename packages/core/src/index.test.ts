import { expect, test } from 'vitest';
import * as core from './index.ts';

test('the public names are these and no others', () => {
  expect(Object.keys(core).sort()).toEqual([
    'API_NAMES',
    'MOST_TOKENS',
    'TOKEN_CLASSES',
    'cacheStatus',
    'createResponseDecoder',
    'decodeRequest',
    'decodeUsage',
    'headerPrefixOf',
    'inclusiveTotals',
    'isApiName',
    'matchEndpoint',
    'mediaKind',
    'nameOf',
    'parseDeclaredHosts',
    'present',
  ]);
});
