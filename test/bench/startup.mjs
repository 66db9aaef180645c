import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { clientEnv, METERED, median, withProvider } from './processes.mjs';

const SPAWNS = 15;

function spawnMs(app, args, env) {
  const started = performance.now();
  const { status } = spawnSync(
    process.execPath,
    [...args, join(import.meta.dirname, 'apps', app)],
    { env: { ...process.env, ...env }, stdio: 'ignore' },
  );
  if (status !== 0) throw new Error(`${app} ended with ${status}`);
  return performance.now() - started;
}

/** Median milliseconds of a program with and without arguments, spawned in turn. */
export function addedMs(app, args, env = {}) {
  const bare = [];
  const added = [];
  for (let each = 0; each < SPAWNS; each += 1) {
    bare.push(spawnMs(app, [], env));
    added.push(spawnMs(app, args, env) - (bare.at(-1) ?? 0));
  }
  return { bareMs: median(bare), addedMs: median(added) };
}

/** What metering adds to the start of a program, and to a program that makes one call and ends. */
export function startup(progress) {
  return withProvider(async (origin) => {
    progress('an empty program');
    const empty = addedMs('empty.mjs', METERED);
    progress('a program of one call');
    const one = addedMs('one-call.mjs', METERED, clientEnv(origin));
    const note = ({ bareMs }) => `over ${bareMs.toFixed(0)} ms bare, median of ${SPAWNS} pairs`;
    return [
      {
        name: 'start-up: added to an empty program',
        value: empty.addedMs,
        unit: 'ms',
        target: 60,
        isLowerBetter: true,
        note: note(empty),
      },
      {
        name: 'start-up: added to one call, export included',
        value: one.addedMs,
        unit: 'ms',
        note: note(one),
      },
    ];
  });
}
