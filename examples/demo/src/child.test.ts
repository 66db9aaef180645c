import { expect, test } from 'vitest';
import { startChild } from './child.ts';
import { Cleanup } from './cleanup.ts';

const PATIENT =
  'process.on("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1000)';

test('lines reach the listener and the last errors are kept', async () => {
  const lines: string[] = [];
  const script = 'console.log("one\\ntwo"); for (let i = 0; i < 20; i++) console.error("e" + i)';
  const child = startChild('speaker', ['-e', script], {
    env: process.env,
    onLine: (line) => lines.push(line),
  });
  expect(await child.ended).toBe('ended with code 0');
  await expect.poll(() => child.errorLines().at(-1)).toBe('e19');
  expect([lines, child.errorLines().length]).toEqual([['one', 'two'], 8]);
});

test('a child that asks for time gets its grace and no more', async () => {
  let isReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const child = startChild('patient', ['-e', PATIENT], { env: process.env, onLine: isReady });
  await ready;
  await child.stop(100);
  expect(await child.ended).toBe('ended with SIGKILL');
});

test('stopping twice, or what has ended, changes nothing', async () => {
  const child = startChild('short', ['-e', '0'], { env: process.env });
  expect(await child.ended).toBe('ended with code 0');
  await child.stop(100);
  await child.stop(100);
});

test('clean-up runs every step once, the latest first, whatever fails', async () => {
  const steps: string[] = [];
  const cleanup = new Cleanup();
  cleanup.add(async () => void steps.push('first'));
  cleanup.add(() => Promise.reject(new Error('no')));
  cleanup.add(async () => void steps.push('last'));
  await Promise.all([cleanup.run(), cleanup.run()]);
  expect(steps).toEqual(['last', 'first']);
});
