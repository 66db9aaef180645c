import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { WorkQueue } from './work-queue.ts';

/** A queue whose work writes down its number, after it has kept the processor busy. */
function numberedWork(busyMs: number): {
  readonly queue: WorkQueue;
  readonly done: number[];
  add(): void;
} {
  const queue = new WorkQueue(() => undefined);
  const done: number[] = [];
  let added = 0;
  return {
    queue,
    done,
    add() {
      const number = added;
      added += 1;
      queue.add(() => {
        const until = performance.now() + busyMs;
        while (performance.now() < until);
        done.push(number);
      });
    },
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('work that is little waits', () => {
  const { done, add } = numberedWork(0);
  for (let each = 0; each < 31; each += 1) add();
  expect(done).toEqual([]);
});

test('what waits alone is done within a moment', async () => {
  const { done, add } = numberedWork(0);
  add();
  await expect.poll(() => done, { timeout: 60_000 }).toEqual([0]);
});

test('a slice of long work ends early, the rest follows in its order', async () => {
  const { done, add } = numberedWork(1);
  for (let each = 0; each < 40; each += 1) add();
  expect(done).toEqual([0]);
  await expect.poll(() => done, { timeout: 60_000 }).toHaveLength(40);
  expect(done).toEqual(numbers(40));
});

test('work that comes faster than it can be done is done at once', () => {
  const { done, add } = numberedWork(1);
  for (let each = 0; each < 129; each += 1) add();
  expect(done).toEqual(numbers(129));
});

test('a drain in the middle does the rest, once', async () => {
  const { queue, done, add } = numberedWork(1);
  for (let each = 0; each < 40; each += 1) add();
  queue.drain();
  expect(done).toEqual(numbers(40));
  await wait(50);
  expect(done).toEqual(numbers(40));
});
