import { expect, test } from 'vitest';
import * as pricing from './index.ts';

test('the public API is what it says', () => {
  expect(Object.keys(pricing).sort()).toEqual([
    'bundledPriceBook',
    'comparePrices',
    'createPriceBook',
    'decodeCompiledPrices',
    'decodeCounts',
    'findMaker',
    'implausibleChanges',
    'listPrices',
    'parseJson',
    'parsePriceFile',
    'parsePriceFileValue',
    'periodAt',
    'priceBookDate',
    'priceCall',
    'priceProvider',
    'renderLitellm',
    'renderModelCatalog',
    'renderOttlPriceFile',
    'renderOttlPrices',
    'renderOttlTables',
    'unknownBases',
    'withLayers',
  ]);
});
