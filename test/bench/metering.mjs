import { clientEnv, METERED, median, run, withProvider } from './processes.mjs';

const PAIRS = 5;
const CASES = [
  { mode: 'calls', what: 'non-streamed call', target: 1.1 },
  { mode: 'chunks', what: 'SSE chunk', target: 1.05 },
];

async function compare(mode, origin, progress) {
  const bare = [];
  const metered = [];
  const env = clientEnv(origin, { MODE: mode });
  for (let pair = 0; pair < PAIRS; pair += 1) {
    progress(`${mode}, pair ${pair + 1} of ${PAIRS}`);
    const runs = [
      async () => bare.push(await run('client.mjs', { env })),
      async () => metered.push(await run('client.mjs', { args: METERED, env })),
    ];
    // Whoever goes second finds another machine; turns even that out.
    for (const each of pair % 2 === 0 ? runs : runs.toReversed()) await each();
  }
  const ratio = (key) => median(bare.map((each, index) => metered[index][key] / each[key]));
  return {
    cpuRatio: ratio('cpuMicros'),
    wallRatio: ratio('wallMicros'),
    bareCpu: median(bare.map((each) => each.cpuMicros)),
    meteredCpu: median(metered.map((each) => each.cpuMicros)),
  };
}

/** What metering adds to a call through the openai package, to each chunk of a stream, and to all other requests. */
export function metering(progress) {
  return withProvider(async (origin) => {
    const rows = [];
    for (const { mode, what, target } of CASES) {
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
    progress('requests that are no model calls');
    const { micros } = await run('unrelated.mjs', { args: METERED, env: clientEnv(origin) });
    rows.push({
      name: 'request that is no model call',
      value: micros,
      unit: 'µs',
      target: 1,
      isLowerBetter: true,
      note: 'undici:request:create with our subscriber, 500,000 times',
    });
    return rows;
  });
}
