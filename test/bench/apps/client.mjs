// Makes calls through the openai package and prints its own CPU and wall time per call or per chunk in microseconds, or,
// in mode `first-byte`, the 99th percentile of the time to the first chunk.
import { client, messages, openStream } from './openai-client.mjs';

const { MODE = 'calls', CALLS = '16000', STREAMS = '9' } = process.env;
// Until the compiler has settled and all is loaded: a server runs for days.
const WARM_UP_CALLS = 16_000;
const WARM_UP_STREAMS = 20;
const CHUNKS = 20_000;
const SHORT_STREAM = 20;

async function call() {
  await client.chat.completions.create({ model: 'gpt-4o', messages });
}

async function calls(count) {
  for (let each = 0; each < count; each += 4) {
    await Promise.all([call(), call(), call(), call()]);
  }
  return count;
}

async function chunks(streams) {
  let seen = 0;
  for (let each = 0; each < streams; each += 1) {
    for await (const event of await openStream(CHUNKS)) seen += event.choices.length;
  }
  return seen;
}

async function firstByteMicros(count) {
  const times = [];
  for (let each = 0; each < count; each += 1) {
    const started = performance.now();
    let isFirst = true;
    for await (const _event of await openStream(SHORT_STREAM)) {
      if (isFirst) times.push((performance.now() - started) * 1000);
      isFirst = false;
    }
  }
  return times.toSorted((a, b) => a - b);
}

async function measure(work, warmUp, count) {
  await work(warmUp);
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const units = await work(count);
  const wallMicros = ((performance.now() - started) * 1000) / units;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { units, wallMicros, cpuMicros: (user + system) / units };
}

if (MODE === 'first-byte') {
  await firstByteMicros(200);
  const times = await firstByteMicros(1000);
  const at = (part) => times[Math.floor(times.length * part)];
  console.log(JSON.stringify({ p50Micros: at(0.5), p99Micros: at(0.99) }));
} else {
  const isStream = MODE === 'chunks';
  const work = isStream ? chunks : calls;
  console.log(
    JSON.stringify(
      await measure(
        work,
        isStream ? WARM_UP_STREAMS : WARM_UP_CALLS,
        Number(isStream ? STREAMS : CALLS),
      ),
    ),
  );
}
