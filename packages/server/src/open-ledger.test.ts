import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { CALL, hexId, tracesJson } from './otlp.test-kit.ts';
import { queryLedger } from './query-ledger.ts';
import { startTestServer, temporaryFolder } from './server.test-kit.ts';
import { startServer } from './start-server.ts';

const SPAN = {
  spanId: hexId(16, 1),
  startEpochMs: Date.now() - 1000,
  attributes: { ...CALL, 'tokenmeter.metered': true, 'tokenmeter.cost.total': 1 },
};

test('a second owner is told who has the ledger, and a closed ledger can be asked directly', async () => {
  await using kit = await startTestServer();
  await kit.post('/v1/traces', tracesJson([SPAN]));
  const script = `import('${import.meta.resolve('../dist/index.js')}').then((s) => s.startServer({ dataDir: ${JSON.stringify(kit.dataDir)}, port: 0 })).catch((e) => { process.stdout.write(e.name + ': ' + e.message); });`;
  const out = await new Promise<string>((done) => {
    execFile(process.execPath, ['-e', script], (_error, stdout) => done(stdout));
  });
  expect(out).toContain('LedgerError: the ledger is in use by process ');
  await kit.server.close();
  expect((await queryLedger(kit.dataDir, 'SELECT cost_usd FROM llm_telemetry')).rows).toEqual([
    [1],
  ]);
});

test('a busy port is named', async () => {
  await using kit = await startTestServer();
  await expect(
    startServer({ dataDir: `${kit.dataDir}/other`, port: kit.server.port }),
  ).rejects.toMatchObject({ name: 'PortInUseError', port: kit.server.port });
});

test('a ledger that is missing or broken is refused with what to do, and left as it is', async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'ledger.duckdb');
  await expect(queryLedger(folder.path, 'SELECT 1')).rejects.toMatchObject({
    name: 'LedgerError',
    hint: expect.stringContaining('tokenmeter up'),
  });
  const garbage = 'this is no ledger'.repeat(1000);
  await writeFile(file, garbage);
  await expect(startServer({ dataDir: folder.path, port: 0 })).rejects.toMatchObject({
    name: 'LedgerError',
    message: expect.stringContaining('nothing was changed'),
  });
  expect(await readFile(file, 'utf8')).toBe(garbage);
  await folder.remove();
});

test('a ledger with a damaged block is told as damaged, not as in use', async () => {
  await using kit = await startTestServer();
  await kit.post('/v1/traces', tracesJson([SPAN]));
  await kit.server.close();
  const file = join(kit.dataDir, 'ledger.duckdb');
  const bytes = await readFile(file);
  await writeFile(file, bytes.fill(0x5a, 4096, 8192));
  await expect(startServer({ dataDir: kit.dataDir, port: 0 })).rejects.toMatchObject({
    name: 'LedgerError',
    problem: `the ledger ${file} cannot be opened: it is damaged`,
  });
});

test('a ledger of the first version is brought up to date, with its calls', async () => {
  await using kit = await startTestServer();
  await kit.post('/v1/traces', tracesJson([SPAN]));
  await kit.server.close();
  const instance = await DuckDBInstance.create(join(kit.dataDir, 'ledger.duckdb'));
  const connection = await instance.connect();
  await connection.run('ALTER TABLE calls DROP COLUMN price_basis');
  await connection.run('UPDATE ledger_meta SET version = 1');
  connection.closeSync();
  instance.closeSync();
  await using again = await startTestServer({ dataDir: kit.dataDir });
  await again.post('/v1/traces', tracesJson([{ ...SPAN, spanId: hexId(16, 2) }]));
  expect(await again.rows('SELECT count(*), sum(cost_usd) FROM llm_telemetry')).toEqual([[2, 2]]);
  expect(await again.rows('SELECT version FROM ledger_meta')).toEqual([[2]]);
});

test('a ledger of another version is refused', async () => {
  await using kit = await startTestServer();
  await kit.server.close();
  const file = join(kit.dataDir, 'ledger.duckdb');
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run('UPDATE ledger_meta SET version = 99');
  connection.closeSync();
  instance.closeSync();
  await expect(startServer({ dataDir: kit.dataDir, port: 0 })).rejects.toMatchObject({
    name: 'LedgerError',
    message: expect.stringContaining('version 99'),
  });
});
