import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const here = import.meta.dirname;
const register = pathToFileURL(join(here, '../../packages/node/dist/register.js')).href;
const PAIRS = 5;

function start(args, env) {
  return spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function firstLine(child) {
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
  }
  throw new Error('a process of the benchmark ended early');
}

/** Runs the client once and returns its own account of CPU and wall time per call or chunk. */
async function measure(mode, isMetered, origin) {
  const args = [...(isMetered ? ['--import', register] : []), join(here, 'apps/client.mjs')];
  const child = start(args, {
    MODE: mode,
    PROVIDER_URL: origin,
    OTEL_EXPORTER_OTLP_ENDPOINT: origin,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
  });
  return JSON.parse(await firstLine(child));
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function compare(mode, origin, progress) {
  const bare = [];
  const metered = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    progress(`${mode}, pair ${pair + 1} of ${PAIRS}`);
    bare.push(await measure(mode, false, origin));
    metered.push(await measure(mode, true, origin));
  }
  const ratios = (key) => bare.map((each, index) => metered[index][key] / each[key]);
  return {
    cpuRatio: median(ratios('cpuMicros')),
    wallRatio: median(ratios('wallMicros')),
    bareCpu: median(bare.map((each) => each.cpuMicros)),
    meteredCpu: median(metered.map((each) => each.cpuMicros)),
  };
}

/** What metering adds to a call through the openai package and to each chunk of a stream, bare and metered in turn. */
export async function metering(progress) {
  const provider = start([join(here, 'apps/provider.mjs')], {});
  try {
    const origin = await firstLine(provider);
    const rows = [];
    for (const [mode, what, target] of [
      ['calls', 'non-streamed call', 1.1],
      ['chunks', 'SSE chunk', 1.05],
    ]) {
      const { cpuRatio, wallRatio, bareCpu, meteredCpu } = await compare(mode, origin, progress);
      const note = `${bareCpu.toFixed(1)} → ${meteredCpu.toFixed(1)} µs CPU, median of ${PAIRS} pairs`;
      rows.push(
        {
          name: `${what}: CPU metered / bare`,
          value: cpuRatio,
          unit: '×',
          target,
          isLowerBetter: true,
          note,
        },
        { name: `${what}: wall metered / bare`, value: wallRatio, unit: '×', note },
      );
    }
    return rows;
  } finally {
    provider.kill();
  }
}
