import { bundledPriceBook } from '@tokenmeter/pricing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { priceStream } from './price-stream.ts';

const options = { book: bundledPriceBook(), isComputed: false };
const LINE = '{"id":%,"provider":"openai","model":"gpt-4o","usage":{"input":1000}}';

async function run(chunks: readonly string[], isRead: (calls: number) => boolean = () => true) {
  let stdout = '';
  let calls = 0;
  const pieces = (async function* () {
    yield* chunks;
  })();
  const result = await priceStream(pieces, options, {
    stdout: (text) => {
      stdout += text;
    },
    stderr: () => {},
    stdoutReady: () => {
      calls += 1;
      return Promise.resolve(isRead(calls));
    },
    isErrorTerminal: false,
  });
  return { ...result, stdout };
}

test('every line gets one answer, in order, also without a line break at the end', async () => {
  const { stdout, lines, unread } = await run([
    `${LINE.replace('%', '1')}\r\n`,
    LINE.replace('%', '2'),
  ]);
  const ids = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).id);
  expect({ ids, lines, unread }).toEqual({ ids: [1, 2], lines: 2, unread: 0 });
});

test('a bad line is told by its number and the run goes on; blank lines are skipped', async () => {
  const { stdout, lines, unread } = await run([
    `\uFEFF${LINE.replace('%', '1')}\n\nnope\n${LINE.replace('%', '4')}\n`,
  ]);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers.map(({ id, line }) => id ?? -line)).toEqual([1, -3, 4]);
  expect({ lines, unread }).toEqual({ lines: 4, unread: 1 });
});

test('a line without end is refused and its memory given back', async () => {
  const pieces = [
    ...Array.from({ length: 40 }, () => 'x'.repeat(65_536)),
    `\n${LINE.replace('%', '2')}\n`,
  ];
  const { stdout, unread } = await run(pieces);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers).toMatchObject([
    { line: 1, error: expect.stringContaining('1048576') },
    { id: 2 },
  ]);
  expect(unread).toBe(1);
});

test('nothing more is read once nobody takes the answers', async () => {
  const { lines } = await run(
    [`${LINE.replace('%', '1')}\n`, `${LINE.replace('%', '2')}\n`],
    (calls) => calls < 1,
  );
  expect(lines).toBe(1);
});

test('cutting the input anywhere changes nothing', async () => {
  const text = `${LINE.replace('%', '"ä€😀"')}\nnope\n\n${LINE.replace('%', '3')}`;
  const whole = await run([text]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: text.length }), { maxLength: 8 }), async (cuts) => {
      const ends = [...cuts.sort((a, b) => a - b), text.length];
      const pieces = ends.map((end, at) => text.slice(ends[at - 1] ?? 0, end));
      expect(await run(pieces)).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});
