import { expect, test } from 'vitest';
import {
  ATTRIBUTE_SPECS,
  costCompat,
  genAi,
  LEGACY_SPAN_ATTRIBUTES,
  METRIC_ATTRIBUTES,
  providerSpecific,
  SPAN_SPECS,
  tokenmeter,
} from './index.ts';

const NAMES = [genAi, providerSpecific, tokenmeter, costCompat].flatMap((group) =>
  Object.values(group),
);
/** Attributes of resources; they are on no span and no point. */
const OF_RESOURCES: readonly string[] = [tokenmeter.seeded];

test('every declared name has a type', () => {
  const missing = NAMES.filter(
    (name) => !OF_RESOURCES.includes(name) && ATTRIBUTE_SPECS[name] === undefined,
  );
  expect(missing).toEqual([]);
});

test('spans and metrics are made of attributes that have a type', () => {
  const used = [
    ...SPAN_SPECS.flatMap(({ attributes }) => Object.keys(attributes)),
    ...Object.values(METRIC_ATTRIBUTES).flatMap((levels) => Object.keys(levels)),
    ...LEGACY_SPAN_ATTRIBUTES,
  ];
  expect(used.filter((name) => ATTRIBUTE_SPECS[name] === undefined)).toEqual([]);
});

test('no operation belongs to two kinds of spans', () => {
  const operations = SPAN_SPECS.flatMap((spec) => spec.operations);
  expect(new Set(operations).size).toBe(operations.length);
  expect(ATTRIBUTE_SPECS[genAi.operationName]?.values?.toSorted()).toEqual(operations.toSorted());
});
