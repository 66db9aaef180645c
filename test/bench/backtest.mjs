// Replays 100 features over six weeks of five-minute rows (1.2 million) as a person would, from a CSV file.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const FEATURES = 100;
const WEEKS = 6;
const STEP_MS = 300_000;
const RATES_PER_HOUR = [5, 30, 200, 2000];
const START_MS = Date.UTC(2026, 8, 28);

function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function poisson(mean, random) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  let count = 0;
  let sum = -Math.log(1 - random());
  while (sum < mean) {
    sum += -Math.log(1 - random());
    count += 1;
  }
  return count;
}

/** Writes the file; returns its number of rows. */
async function writeUsage(path) {
  const random = createRandom(1);
  const file = createWriteStream(path);
  file.write(
    'time,service,feature,model,provider,calls,cost_usd,input_tokens,cache_read_tokens,output_tokens\n',
  );
  const noise = Array.from({ length: FEATURES }, () => 0);
  let rows = 0;
  for (let at = START_MS; at < START_MS + WEEKS * 7 * 86_400_000; at += STEP_MS) {
    const time = new Date(at).toISOString();
    const hour = (at / 3_600_000) % 24;
    const wave = 0.4 + 1.2 * Math.max(0, Math.sin(((hour - 6) / 16) * Math.PI)) ** 1.5;
    let text = '';
    for (let feature = 0; feature < FEATURES; feature += 1) {
      noise[feature] = 0.9 * (noise[feature] ?? 0) + 0.1 * (random() - 0.5);
      const rate = (RATES_PER_HOUR[feature % 4] / 12) * wave * Math.exp(noise[feature]);
      const calls = poisson(rate, random);
      const hits = poisson(calls * 0.7, random);
      const cached = Math.min(calls, hits) * 500;
      text += `${time},service-${feature % 10},feature-${feature},gpt-5-mini,openai,${calls},${(calls * 0.01).toFixed(4)},${calls * 800 - cached},${cached},${calls * 300}\n`;
      rows += 1;
    }
    if (!file.write(text)) await new Promise((resolve) => file.once('drain', resolve));
  }
  await new Promise((resolve) => file.end(resolve));
  return rows;
}

/** Wall time and memory of `tokenmeter backtest --csv` on 1.2 million rows. */
export async function backtest(progress) {
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-bench-'));
  try {
    const path = join(folder, 'usage.csv');
    progress('writing the file');
    const rows = await writeUsage(path);
    progress(`replaying ${rows} rows`);
    const { seconds, cpuSeconds, peakMegabytes } = await measure(path);
    return [
      {
        name: 'backtest of 1.2 million rows: wall',
        value: seconds,
        unit: 's',
        target: 60,
        isLowerBetter: true,
        note: `${rows} rows, ${FEATURES} features, all rules`,
      },
      {
        name: 'backtest of 1.2 million rows: processor',
        value: cpuSeconds,
        unit: 's',
        isLowerBetter: true,
        note: 'the wall time of an idle machine',
      },
      {
        name: 'backtest of 1.2 million rows: peak memory',
        value: peakMegabytes,
        unit: 'MB',
        target: 1000,
        isLowerBetter: true,
        note: 'resident set of the process',
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(path) {
  const main = join(import.meta.dirname, '../../packages/cli/dist/main.js');
  const started = performance.now();
  const args = ['backtest', '--csv', path, '--step', '5m', '--time-zone', 'UTC', '--json'];
  const reporter = pathToFileURL(join(import.meta.dirname, 'apps/report-usage.mjs')).href;
  const child = spawn(process.execPath, ['--import', reporter, main, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`backtest ended with ${code}: ${said.slice(-300)}`);
  const seconds = (performance.now() - started) / 1000;
  const [, kilobytes, micros] = /peak-kilobytes (\d+) cpu-micros (\d+)/.exec(said) ?? [];
  return { seconds, peakMegabytes: Number(kilobytes) / 1000, cpuSeconds: Number(micros) / 1e6 };
}
