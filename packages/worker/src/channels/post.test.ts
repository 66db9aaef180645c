import { expect, test } from 'vitest';
import { startHttpFarEnd } from '../http-far-end.test-kit.ts';
import { judgeStatus, type Post, post } from './post.ts';

const base: Omit<Post, 'url'> = {
  headers: {},
  body: '{}',
  signal: new AbortController().signal,
  timeoutMs: 2000,
  isPrivateAllowed: true,
};

async function accepting() {
  const far = await startHttpFarEnd({ kind: 'accepts' }, () => ({ status: 200, body: 'yes' }));
  return { ...far, [Symbol.asyncDispose]: far.close };
}

test('a name is checked by the address that the connection really has', async () => {
  await using far = await accepting();
  const url = new URL(far.origin.replace('127.0.0.1', 'localhost'));
  const refused = await post({ ...base, url, isPrivateAllowed: false });
  expect(judgeStatus(refused)).toMatchObject({ outcome: 'refused' });
  expect(far.received).toEqual([]);
  expect(judgeStatus(await post({ ...base, url }))).toEqual({ outcome: 'delivered' });
});

test('the body of an answer is read only where it counts, and only a part of a long one', async () => {
  const far = await startHttpFarEnd({ kind: 'accepts' }, () => ({
    status: 200,
    body: 'x'.repeat(1_000_000),
  }));
  const url = new URL(far.origin);
  expect(await post({ ...base, url })).toEqual({ isAnswered: true, status: 200, body: '' });
  const read = await post({ ...base, url, readsBody: true });
  await far.close();
  expect(read.isAnswered && read.body.length).toBe(65_536);
});

test('connections are kept, and one that the other side closed meanwhile is replaced', async () => {
  const far = await startHttpFarEnd({ kind: 'accepts' }, () => ({ status: 204 }));
  const url = new URL(far.origin);
  for (let turn = 0; turn < 3; turn += 1) {
    expect(judgeStatus(await post({ ...base, url }))).toEqual({ outcome: 'delivered' });
    if (turn === 1) far.hangUp();
  }
  await far.close();
  expect(far.received).toHaveLength(3);
});

test.for([
  { note: 'seconds', header: '2', want: { min: 2000, max: 2000 } },
  { note: 'a part of a second', header: '0.25', want: { min: 250, max: 250 } },
  {
    note: 'a date that is past',
    header: 'Wed, 21 Oct 2015 07:28:00 GMT',
    want: { min: 0, max: 0 },
  },
  { note: 'nonsense', header: 'soon', want: undefined },
])('a wish to wait as $note', async ({ header, want }) => {
  const headers = { 'retry-after': header };
  const far = await startHttpFarEnd({ kind: 'answers', status: 429, headers }, () => ({
    status: 200,
  }));
  const delivery = judgeStatus(await post({ ...base, url: new URL(far.origin) }));
  await far.close();
  const afterMs = delivery.outcome === 'retry' ? delivery.afterMs : Number.NaN;
  if (want === undefined) expect(afterMs).toBeUndefined();
  else expect(afterMs).toBe(Math.min(Math.max(afterMs ?? -1, want.min), want.max));
});

test('nobody at the address, and an unknown name, are for later', async () => {
  const far = await accepting();
  await far.close();
  const closed = await post({ ...base, url: new URL(far.origin) });
  expect(judgeStatus(closed)).toEqual({
    outcome: 'retry',
    reason: 'connection failed (ECONNREFUSED)',
  });
  const unknown = await post({ ...base, url: new URL('http://nobody.invalid/') });
  expect(judgeStatus(unknown)).toMatchObject({ outcome: 'retry' });
});

test('a certificate that nobody vouches for is not trusted, and the reason says so', async () => {
  const far = await startHttpFarEnd({ kind: 'untrusted' }, () => ({ status: 200 }));
  const delivery = judgeStatus(await post({ ...base, url: new URL(far.origin) }));
  await far.close();
  expect(delivery).toEqual({
    outcome: 'retry',
    reason: 'connection failed (DEPTH_ZERO_SELF_SIGNED_CERT)',
  });
  expect(far.received).toEqual([]);
});
