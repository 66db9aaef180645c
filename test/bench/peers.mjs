import { join } from 'node:path';
import { installPeers, PEER_PACKAGES } from './install-peers.mjs';
import { clientEnv, METERED, median, run, withProvider } from './processes.mjs';
import { addedMs } from './startup.mjs';

/** More rounds, steadier medians. */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const MEGABYTE = 1024 * 1024;
const preload = ['--require', join(import.meta.dirname, 'apps/peer-preload.cjs')];

/** Who is compared; all run the same program on the same openai package. */
const SUBJECTS = [
  { name: 'bare', args: [], env: {} },
  { name: 'tokenmeter', args: METERED, env: {} },
  ...[
    ['contrib', '@opentelemetry/instrumentation-openai'],
    ['traceloop', '@traceloop/node-server-sdk'],
    ['arize', '@arizeai/openinference-instrumentation-openai'],
    ['openlit', 'openlit'],
  ].map(([peer, from]) => ({
    name: `${from} ${PEER_PACKAGES[from]}`,
    args: preload,
    env: { PEER: peer },
  })),
];

/** One figure of every subject: the median over rounds in which each has its turn. */
async function measureAll(app, { origin, env, args = [] }, progress) {
  const found = new Map(SUBJECTS.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const subject of SUBJECTS) {
      progress(`${env.MODE ?? app}, round ${round + 1} of ${ROUNDS}: ${subject.name}`);
      const options = {
        args: [...args, ...subject.args],
        env: clientEnv(origin, { ...env, ...subject.env }),
      };
      found.get(subject.name).push(await run(app, options));
    }
  }
  return found;
}

function figures(found, key) {
  const medians = new Map(
    [...found].map(([name, runs]) => [name, median(runs.map((each) => each[key]))]),
  );
  return { bare: medians.get('bare'), subjects: [...medians].filter(([name]) => name !== 'bare') };
}

function ratioRows(found, what) {
  const { bare, subjects } = figures(found, 'cpuMicros');
  return subjects.map(([name, micros]) => ({
    name: `${what}, CPU / bare: ${name}`,
    value: micros / bare,
    unit: '×',
    note: `${bare.toFixed(1)} → ${micros.toFixed(1)} µs, median of ${ROUNDS}`,
  }));
}

function differenceRows(found, { key, what, unit, scale, note }) {
  const { bare, subjects } = figures(found, key);
  return subjects.map(([name, value]) => ({
    name: `${what}: ${name}`,
    value: (value - bare) / scale,
    unit,
    note,
  }));
}

function startRows(env, progress) {
  return SUBJECTS.filter(({ name }) => name !== 'bare').map((subject) => {
    progress(`start-up: ${subject.name}`);
    const { bareMs, addedMs: value } = addedMs('empty.mjs', subject.args, {
      ...env,
      ...subject.env,
      // Peers hold a program until their exporters give up; only the start is compared.
      OTEL_METRIC_EXPORT_INTERVAL: '60000',
    });
    return {
      name: `start-up of an empty program: ${subject.name}`,
      value,
      unit: 'ms',
      note: `over ${bareMs.toFixed(0)} ms bare`,
    };
  });
}

/** Our cost beside that of other instrumentations of the openai package, in the same run and with the same exports. */
export async function peers(progress) {
  const folder = await installPeers(progress);
  return withProvider(async (origin) => {
    const env = { PEERS_FOLDER: folder };
    const at = (more) => ({ origin, env: { ...env, ...more } });
    const calls = await measureAll('client.mjs', at({ MODE: 'calls' }), progress);
    const chunks = await measureAll('client.mjs', at({ MODE: 'chunks' }), progress);
    const first = await measureAll('client.mjs', at({ MODE: 'first-byte' }), progress);
    const left = await measureAll('abandon.mjs', { ...at({}), args: ['--expose-gc'] }, progress);
    const p99 = { key: 'p99Micros', what: 'first byte, p99 added', unit: 'µs', scale: 1 };
    const note = 'growth over bare, 10,000 streams';
    const heap = { key: 'heapBytes', what: 'abandoned streams, heap', unit: 'MB', note };
    const rss = { key: 'rssBytes', what: 'abandoned streams, RSS', unit: 'MB', note };
    return [
      ...ratioRows(calls, 'non-streamed call'),
      ...ratioRows(chunks, 'SSE chunk (180,000)'),
      ...differenceRows(first, p99),
      ...differenceRows(left, { ...heap, scale: MEGABYTE }),
      ...differenceRows(left, { ...rss, scale: MEGABYTE }),
      ...startRows(clientEnv(origin, env), progress),
    ];
  });
}
