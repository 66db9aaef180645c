import { createServer } from 'node:http';
import { listen } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { flushWithin } from './flush-within.ts';
import { OtlpSender, type SendResult } from './otlp-sender.ts';

/** Loads what exports, on a machine that is busy. */
function compute(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test.for([
  { note: 'what takes long to prepare is sent', preparedMs: 1500, answers: true, want: 'sent' },
  { note: 'a receiver that hangs is given up', preparedMs: 0, answers: false, want: 'failed' },
])('$note', async ({ preparedMs, answers, want }) => {
  const server = createServer((request, response) => {
    request.resume();
    if (answers) response.end();
  });
  await using listening = await listen(server);
  const settings = {
    url: new URL(`http://127.0.0.1:${listening.port}`),
    encoding: 'protobuf',
    headers: {},
    timeoutMs: 60_000,
    compression: 'none',
  } as const;
  const sender = new OtlpSender(settings, () => undefined);
  const results: SendResult[] = [];
  await flushWithin(1000, [sender], () => {
    compute(preparedMs);
    return [sender.send(new Uint8Array(3)).then((result) => results.push(result))];
  });
  await expect.poll(() => results).toEqual([want]);
});
