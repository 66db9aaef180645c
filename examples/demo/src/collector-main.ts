import { parseArgs } from 'node:util';
import { runCollectorDemo } from './collector-demo.ts';

const USAGE = 'usage: npm run demo:collector -- [--seconds NUMBER]';

function readSeconds(): number {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: 'Infinity' } } });
  return Number(values.seconds);
}

async function main(): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort());
  }
  let seconds: number;
  try {
    seconds = readSeconds();
  } catch {
    seconds = Number.NaN;
  }
  if (!(seconds > 0)) {
    console.error(USAGE);
    return 2;
  }
  return await runCollectorDemo(seconds, {
    print: (text) => console.log(text),
    progress: () => {},
    env: process.env,
    stop: stop.signal,
  });
}

void main().then((code) => {
  process.exitCode = code;
});
