import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonValuesReader, type JsonValueText } from './json-values-reader.ts';

function read(text: string, pieceLength: number): readonly JsonValueText[] {
  const seen: JsonValueText[] = [];
  const reader = new JsonValuesReader((value) => seen.push(value));
  for (let at = 0; at < text.length; at += pieceLength) {
    reader.push(text.slice(at, at + pieceLength));
  }
  return seen;
}

test('objects are found in lines, in a row and in an array, cut anywhere', () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 4 });
  fc.assert(
    fc.property(objects, fc.integer({ min: 1, max: 9 }), (values, pieceLength) => {
      const texts = values.map((value) => JSON.stringify(value));
      const want = texts.map((text) => ({ text }));
      expect(read(texts.join('\n'), pieceLength)).toEqual(want);
      expect(read(texts.join(''), pieceLength)).toEqual(want);
      expect(read(`[${texts.join(' ,\r\n')}]`, pieceLength)).toEqual(want);
    }),
  );
});

test('an object of 3 MB keeps its two ends', () => {
  const text = JSON.stringify({ a: '}'.repeat(3_000_000), b: 1 });
  const [value, ...others] = read(`${text}\n{"c":2}`, 10_000);
  expect(value?.text.startsWith('{"a":"}')).toBe(true);
  expect(value?.tail?.endsWith('"b":1}')).toBe(true);
  expect(others).toEqual([{ text: '{"c":2}' }]);
});
