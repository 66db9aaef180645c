import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startGrafana } from './start-grafana.ts';

const cli = join(import.meta.dirname, '../../packages/cli/dist/main.js');

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function apply(url: string, args: readonly string[] = [], token = 'editor-token'): Promise<Ran> {
  const child = spawn(
    process.execPath,
    [cli, 'dashboards', 'apply', '--grafana-url', url, ...args],
    { env: { ...process.env, GRAFANA_TOKEN: token }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

test('boards are created once, and updated only where they differ', async () => {
  await using grafana = await startGrafana();
  const first = await apply(grafana.url);
  expect(first.out.match(/^create {2}/gm)).toHaveLength(4);
  expect(grafana.boards.size).toBe(4);

  const writes = grafana.writes.length;
  const second = await apply(grafana.url);
  expect(second.out.match(/^unchanged {2}/gm)).toHaveLength(4);
  expect(grafana.writes).toHaveLength(writes);

  const board = grafana.boards.get('tokenmeter-spend');
  const [, panel] = Object(board).panels;
  panel.title = 'changed by hand';
  const dry = await apply(grafana.url, ['--dry-run', '--json']);
  const plans = dry.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(plans.find(({ uid }) => uid === 'tokenmeter-spend')).toMatchObject({
    action: 'update',
    changes: ['~ panel What was spent today?'],
  });
  expect(grafana.writes).toHaveLength(writes);

  await apply(grafana.url);
  expect(Object(grafana.boards.get('tokenmeter-spend')).panels[1].title).toBe(
    'What was spent today?',
  );
});

test('a Grafana that hides its version is asked once more', async () => {
  await using grafana = await startGrafana({ hidesVersion: true });
  const { code, err } = await apply(grafana.url, ['--dry-run']);
  expect(code).toBe(0);
  expect(err).toContain('Grafana 13.3.0: 4 would change');
  await using old = await startGrafana({ hidesVersion: true, version: '9.5.2' });
  expect((await apply(old.url)).err).toMatch(/9\.5\.2 is too old/);
});

test('editors of a Grafana that hides its data sources may apply', async () => {
  await using grafana = await startGrafana({ hidesDatasources: true });
  const { code, out } = await apply(grafana.url, ['--datasource-uid', 'prom']);
  expect(code).toBe(0);
  expect(out.match(/^create {2}/gm)).toHaveLength(4);
});

test.for([
  [
    'no address',
    'grafana.example',
    [],
    'editor-token',
    /must be an http:\/\/ or https:\/\/ address/,
  ],
  ['an address with a port that is none', 'http://127.0.0.1:99999', [], 'editor-token', /must be/],
  ['a folder without a title', 'http://127.0.0.1:1', ['--folder', ' '], 'editor-token', /--folder/],
  ['no token', 'http://127.0.0.1:1', [], '', /wants a token/],
  ['a token of two lines', 'http://127.0.0.1:1', [], 'a\nb', /holds what no token/],
] as const)('%s is told before anything is asked', async ([, url, args, token, message]) => {
  const { code, err } = await apply(url, args, token);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test('nobody who answers is told with the reason', async () => {
  const gone = await startGrafana();
  await gone[Symbol.asyncDispose]();
  const { code, err } = await apply(gone.url);
  expect(code).toBe(1);
  expect(err).toMatch(/no answer from http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)/);
});

test.for([
  [
    'a wrong token',
    {},
    ['--datasource-uid', 'prom'],
    'wrong',
    /refused the token .*\n.*role Editor/,
  ],
  ['an old Grafana', { version: '8.5.1' }, [], 'editor-token', /8\.5\.1 is too old/],
  [
    'a missing data source',
    {},
    ['--datasource-uid', 'no'],
    'editor-token',
    /uid no\n.*Prometheus \(prom\)/,
  ],
  [
    'a board that Grafana reads from its disk',
    { provisioned: [{ uid: 'tokenmeter-spend', title: 'LLM Spend', panels: [] }] },
    [],
    'editor-token',
    /llm-spend: Grafana has provisioned these boards/,
  ],
  [
    'another address',
    { redirectsTo: 'https://grafana.example' },
    [],
    'editor-token',
    /redirects to https:\/\/grafana\.example\/api\/health/,
  ],
  [
    'no data source at all',
    { datasources: [] },
    [],
    'editor-token',
    /no data source of type Prometheus/,
  ],
] as const)('%s is told, and nothing is changed', async ([, traits, args, token, message]) => {
  await using grafana = await startGrafana(traits);
  const { code, err } = await apply(grafana.url, args, token);
  expect(code).toBe(1);
  expect(err).toMatch(message);
  expect(grafana.writes).toEqual([]);
});
