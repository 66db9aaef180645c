import { expect, test } from 'vitest';
import { hexId } from './otlp.test-kit.ts';
import { createSpanWindow } from './span-window.ts';

test('ids that count up are all different', () => {
  const window = createSpanWindow(100_000);
  let added = 0;
  for (let trace = 1; trace <= 300; trace += 1) {
    for (let span = 1; span <= 300; span += 1) {
      if (window.add(hexId(32, trace), hexId(16, span))) added += 1;
    }
  }
  expect(added).toBe(90_000);
});

test('the last spans are remembered, whatever came before', () => {
  const window = createSpanWindow(1000);
  for (let span = 1; span <= 10_500; span += 1) window.add(hexId(32, 7), hexId(16, span));
  const known = [9501, 10_000, 10_500].map((span) => window.has(hexId(32, 7), hexId(16, span)));
  expect(known).toEqual([true, true, true]);
  expect(window.has(hexId(32, 7), hexId(16, 1))).toBe(false);
});
