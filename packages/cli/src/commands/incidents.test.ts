import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MetricSource, startWorker } from '@tokenmeter/worker';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestIo } from '../io.test-kit.ts';
import { runCli } from '../run-cli.ts';

const MINUTE = 60_000;
let folder = '';

/** Runs one command line in the folder. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io = createTestIo({
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    columns: 100,
    cwd: folder,
  });
  const code = await runCli(args, io, '0');
  return { code, out, err };
}

/** Leaves a state in which one source has been away for some minutes, as the worker tells it. */
async function leaveIncident(): Promise<void> {
  const clock = { epochMs: Date.now() - 30 * MINUTE };
  const source: MetricSource = {
    name: 'away',
    read: () => Promise.resolve({ ok: false, isRetryable: true, reason: 'the store is away' }),
  };
  await using worker = await startWorker({
    source,
    notifiers: [{ name: 'memory', send: () => Promise.resolve({ outcome: 'delivered' }) }],
    statePath: join(folder, 'worker.sqlite'),
    rules: [],
    evaluationSeconds: 3600,
    clock: () => clock.epochMs,
  });
  for (let minute = 0; minute < 6; minute += 1) {
    clock.epochMs += MINUTE;
    await worker.evaluateNow();
  }
  await worker.flush();
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenmeter-incidents-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('tokenmeter incidents', () => {
  test('lists, shows and acts without a running worker', async () => {
    await leaveIncident();
    const state = ['--state', 'worker.sqlite'];
    const listed = await run('incidents', 'list', ...state);
    expect(listed.out).toMatch(/inc-\S+ +firing +warning .* pipeline gap/);
    const [one] = JSON.parse((await run('incidents', 'list', '--json', ...state)).out);
    const short = String(one.incidentId).slice(0, 12);
    const taken = await run(
      'incidents',
      'ack',
      short,
      '--by',
      'ann',
      '--cause',
      'deploy',
      ...state,
    );
    expect(taken).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Acknowledged: WARNING pipeline gap/),
    });
    expect((await run('incidents', 'ack', short, ...state)).out).toContain('(it was already)');
    const shown = await run('incidents', 'show', short, ...state);
    expect(shown.out).toMatch(/acknowledge +ann +cause: deploy/);
    expect(shown.out).toMatch(/memory +1:firing +delivered/);
    // No worker runs: the acknowledgement waits for one.
    expect(shown.out).toMatch(/memory +2:acknowledged +waiting/);
    expect((await run('incidents', 'snooze', short, '--for', '2h', ...state)).code).toBe(0);
    expect((await run('incidents', 'expected', short, ...state)).code).toBe(0);
    expect((await run('incidents', 'resolve', short, ...state)).code).toBe(0);
    expect((await run('incidents', 'list', '--open', ...state)).out).toContain('No incidents');
  });

  test('mutes, lists the mute and ends it', async () => {
    await leaveIncident();
    const state = ['--state', 'worker.sqlite'];
    const muted = await run('incidents', 'mute', '--service', 'load-*', '--for', '30m', ...state);
    expect(muted.out).toMatch(/^Muted until .*unmute 1\n$/);
    expect((await run('incidents', 'mutes', ...state)).out).toContain('service=load-*');
    expect((await run('incidents', 'unmute', '1', ...state)).code).toBe(0);
    expect((await run('incidents', 'mutes', ...state)).out).toBe('Nothing is muted.\n');
  });

  test.for([
    { args: ['incidents', 'ack', 'inc-none'], code: 1, want: 'there is no incident inc-none' },
    {
      args: ['incidents', 'snooze', 'inc-', '--for', 'soon'],
      code: 2,
      want: '--for must be a time',
    },
    { args: ['incidents', 'mute'], code: 2, want: 'at least one property' },
    { args: ['incidents', 'unmute', '9'], code: 1, want: 'there is no mute 9' },
  ])('$args says what is wrong', async ({ args, code, want }) => {
    await leaveIncident();
    const answer = await run(...args, '--state', 'worker.sqlite');
    expect(answer).toMatchObject({ code, err: expect.stringContaining(want) });
  });

  test('without a state it says where one comes from', async () => {
    const answer = await run('incidents', 'list');
    expect(answer).toMatchObject({ code: 1, err: expect.stringContaining('tokenmeter up') });
  });
});

describe('tokenmeter state', () => {
  test('check counts what is there, export gives its rows', async () => {
    await leaveIncident();
    const state = ['--state', 'worker.sqlite'];
    expect((await run('state', 'check', ...state)).out).toMatch(
      /^The state is sound[\s\S]*1 firing[\s\S]*1 delivered/,
    );
    const { out } = await run('state', 'export', ...state);
    const tables = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).table);
    expect(new Set(tables)).toEqual(new Set(['incident', 'event', 'outbox', 'told', 'channel']));
  });
});
