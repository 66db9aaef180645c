// Opens streams and leaves them: half by `break` after one event, half as responses that nobody reads. Prints by how
// much heap and resident memory grew after a collection. Needs --expose-gc.
import { setTimeout as sleep } from 'node:timers/promises';
import { openStream } from './openai-client.mjs';

const STREAMS = 10_000;
const AT_ONCE = 20;
const CHUNKS = 40;

async function abandon(index) {
  if (index % 2 === 1) {
    const call = openStream(CHUNKS);
    // Some peers take this method away.
    await (typeof call.asResponse === 'function' ? call.asResponse() : call);
    return;
  }
  for await (const _event of await openStream(CHUNKS)) break;
}

async function abandonMany(count) {
  for (let each = 0; each < count; each += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => abandon(each + index)));
  }
}

async function settled() {
  // Longer than one export interval; sockets and finalizers get their turn as well.
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc();
    await sleep(500);
  }
  globalThis.gc();
  return process.memoryUsage();
}

await abandonMany(STREAMS / 5);
const before = await settled();
await abandonMany(STREAMS);
const after = await settled();
console.log(
  JSON.stringify({
    heapBytes: after.heapUsed - before.heapUsed,
    rssBytes: after.rss - before.rss,
  }),
);
