import { runDemo } from './demo.ts';
import { parseDemoOptions } from './demo-options.ts';

const CLEAR_LINE = '\r\u001b[2K';

function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => controller.abort());
  }
  return controller.signal;
}

async function main(): Promise<number> {
  const parsed = parseDemoOptions(process.argv.slice(2));
  if (!parsed.ok) {
    console.error(parsed.problem);
    return 2;
  }
  if ('help' in parsed) {
    console.log(parsed.help.trimEnd());
    return 0;
  }
  return await runDemo(parsed.options, {
    print: (text) => console.log(text),
    progress: (text) => {
      if (process.stdout.isTTY) process.stdout.write(CLEAR_LINE + text);
    },
    env: process.env,
    stop: stopSignal(),
  });
}

void main().then((code) => {
  process.exitCode = code;
});
