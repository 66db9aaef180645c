import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COST_CLASSES, REQUEST_CLASS_NAMES, TOKEN_CLASS_NAMES } from './cost-classes.ts';
import { bundledPriceBook, parsePriceFile, priceCall, unknownBases, withLayers } from './index.ts';

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

test('the published schema knows exactly the classes that are read', () => {
  const { $defs } = JSON.parse(read('../schema/price-file.schema.json'));
  expect(Object.keys($defs.rates.properties)).toEqual([...TOKEN_CLASS_NAMES]);
  expect(Object.keys($defs.fees.properties)).toEqual([...REQUEST_CLASS_NAMES]);
  expect(COST_CLASSES).toEqual([...TOKEN_CLASS_NAMES, ...REQUEST_CLASS_NAMES]);
});

test.for(Object.keys(JSON.parse(read('../schema/price-file.schema.json')).$defs.price.properties))(
  'the reader knows the field %s of the schema',
  (field) => {
    const parsed = parsePriceFile(JSON.stringify({ prices: [{ model: 'm', [field]: null }] }), {
      name: 'field',
      mode: 'overlay',
    });
    const messages = parsed.ok ? [] : parsed.problems.map(({ message }) => message);
    expect(messages.filter((message) => message.startsWith('unknown field'))).toEqual([]);
  },
);

test('the example contract is read whole and discounts a call', () => {
  const text = read('../../../examples/prices/contract.json');
  const parsed = parsePriceFile(text, { name: 'contract', mode: 'overlay' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const book = withLayers(bundledPriceBook(), [parsed.layer]);
  expect(unknownBases(book)).toEqual([]);
  const priced = priceCall(
    {
      provider: 'openai',
      responseModel: 'gpt-4o',
      startEpochMs: Date.UTC(2026, 5, 1),
      modifiers: {},
      usage: { kind: 'reported', tokens: { input: 1000 }, requests: {}, raw: undefined },
    },
    book,
  );
  expect(priced).toMatchObject({ kind: 'priced', costUsd: 0.002_125, modifiers: ['x0.85'] });
});
