import { expect, test } from 'vitest';
import { describeNotifier, exampleNotice } from '../notifier.test-kit.ts';
import { createStdoutNotifier } from './stdout-notifier.ts';

const NEVER = new AbortController().signal;

describeNotifier(
  'stdout',
  (farEnd) => {
    const lines: string[] = [];
    const notifier = createStdoutNotifier({
      format: 'json',
      write: (text) => {
        if (farEnd.kind !== 'accepts') throw new Error('EPIPE with hidden words');
        lines.push(text);
      },
    });
    return Promise.resolve({
      notifier,
      accepted: () => lines.length,
      secrets: ['hidden'],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
  [{ farEnd: { kind: 'drops' }, outcome: 'retry' }],
);

test('as JSON, each notice is one line', async () => {
  const lines: string[] = [];
  const notifier = createStdoutNotifier({ format: 'json', write: (text) => lines.push(text) });
  await notifier.send(exampleNotice(), NEVER);
  expect(lines.map((line) => JSON.parse(line))).toEqual([exampleNotice()]);
  expect(lines[0]?.split('\n')).toHaveLength(2);
});

test('control characters of names do not reach a terminal', async () => {
  const lines: string[] = [];
  const notifier = createStdoutNotifier({ write: (text) => lines.push(text) });
  const notice = { ...exampleNotice(), text: 'bad \u001b[31mname\u202e\nnext' };
  await notifier.send(notice, NEVER);
  expect(lines).toEqual(['\nbad [31mname\nnext\n']);
});

test('several notices are one text', async () => {
  const lines: string[] = [];
  const notifier = createStdoutNotifier({ write: (text) => lines.push(text) });
  const notices = [exampleNotice(), exampleNotice('inc-2:1:firing')];
  const range = { fromEpochMs: 0, toEpochMs: 1 };
  await notifier.sendDigest?.(
    { idempotencyKey: 'd', subject: 'service shop', ...range, notices },
    NEVER,
  );
  expect(lines).toEqual([
    `\n2 alerts: service shop\n\n${notices.map(({ text }) => text).join('\n\n')}\n`,
  ]);
});
