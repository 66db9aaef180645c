import { expect, test } from 'vitest';
import { createAttributeCaps } from './attribute-caps.ts';

test('values beyond the cap become other, and earlier ones keep their name', () => {
  const overflow: string[] = [];
  const bound = createAttributeCaps({ cap: 2, onOverflow: (key) => overflow.push(key) });
  const feature = (value: string): unknown =>
    bound({ 'tokenmeter.feature': value, 'tokenmeter.team': 't' })['tokenmeter.feature'];
  expect(['a', 'b', 'c', 'a', 'd'].map(feature)).toEqual(['a', 'b', 'other', 'a', 'other']);
  expect(overflow).toEqual(['tokenmeter.feature', 'tokenmeter.feature']);
});

test('a value that is too long to be a name is other at once', () => {
  const bound = createAttributeCaps({ onOverflow: () => undefined });
  const long = 'x'.repeat(257);
  expect(bound({ 'tokenmeter.feature': long })).toEqual({ 'tokenmeter.feature': 'other' });
});

test('provider and operation are closed lists, which a small cap is not for', () => {
  const bound = createAttributeCaps({ cap: 1, onOverflow: () => undefined });
  const provider = (value: string): unknown =>
    bound({ 'gen_ai.provider.name': value })['gen_ai.provider.name'];
  expect(['openai', 'anthropic'].map(provider)).toEqual(['openai', 'anthropic']);
});
