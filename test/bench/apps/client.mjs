// Makes calls through the openai package and prints its own CPU and wall time per call or per chunk, in microseconds.
import OpenAI from 'openai';

const client = new OpenAI({ apiKey: 'none', baseURL: `${process.env.PROVIDER_URL}/v1` });
const messages = [{ role: 'user', content: 'Hello' }];
const WARM_UP = 300;
const CALLS = 2000;
const STREAMS = 5;

async function call() {
  await client.chat.completions.create({ model: 'gpt-4o', messages });
}

async function stream() {
  let chunks = 0;
  const events = await client.chat.completions.create({
    model: 'gpt-4o',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const event of events) chunks += event.choices.length;
  return chunks;
}

async function run(count) {
  let units = 0;
  if (process.env.MODE === 'chunks') {
    for (let each = 0; each < count; each += 1) units += await stream();
    return units;
  }
  for (let each = 0; each < count; each += 4) {
    await Promise.all([call(), call(), call(), call()]);
    units += 4;
  }
  return units;
}

const isStream = process.env.MODE === 'chunks';
await run(isStream ? 1 : WARM_UP);
const cpuBefore = process.cpuUsage();
const started = performance.now();
const units = await run(isStream ? STREAMS : CALLS);
const wallMicros = ((performance.now() - started) * 1000) / units;
const cpu = process.cpuUsage(cpuBefore);
console.log(JSON.stringify({ units, wallMicros, cpuMicros: (cpu.user + cpu.system) / units }));
