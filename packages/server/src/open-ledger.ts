import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { describeOpenFailure, LedgerError } from './ledger-error.ts';
import { SCHEMA, SCHEMA_UPGRADES, SCHEMA_VERSION } from './ledger-schema.ts';

/** File name of the ledger inside the data folder. */
const LEDGER_FILE = 'ledger.duckdb';

/**
 * Settings of the engine. Memory and threads are bounded because the defaults take the machine; extensions never load
 * from outside; bit-packing is off because its checkpoint can corrupt a file (duckdb issue 22823, open on 2026-11-20).
 */
const SETTINGS: Readonly<Record<string, string>> = {
  memory_limit: '512MB',
  threads: '2',
  max_temp_directory_size: '2GB',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  disabled_compression_methods: 'bitpacking',
};

/** An open ledger file. Close every connection before the instance. */
export interface OpenLedger {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** No file, no network and no change of settings from here on, for every connection. */
async function lockDown(connection: DuckDBConnection, timeZone: string): Promise<void> {
  await connection.run(`SET GLOBAL TimeZone = ${quoted(timeZone)}`);
  await connection.run(`SET TimeZone = ${quoted(timeZone)}`);
  await connection.run('SET GLOBAL enable_external_access = false');
  await connection.run('SET GLOBAL lock_configuration = true');
}

async function readVersion(connection: DuckDBConnection): Promise<number> {
  const found = await connection.runAndReadAll('SELECT version FROM ledger_meta');
  return Number(found.getRows()[0]?.[0]);
}

async function upgrade(connection: DuckDBConnection, file: string): Promise<void> {
  for (let version = await readVersion(connection); version !== SCHEMA_VERSION; version += 1) {
    const statements = SCHEMA_UPGRADES[version];
    if (statements === undefined) throw ofVersion(version, file);
    for (const statement of statements) await connection.run(statement);
    await connection.run(`UPDATE ledger_meta SET version = ${version + 1}`);
  }
}

function ofVersion(version: number, file: string): LedgerError {
  return new LedgerError(`the ledger ${file} has schema version ${version}`, {
    hint: `this program reads version ${SCHEMA_VERSION}; use the program that wrote it or another data folder`,
  });
}

async function tableExists(connection: DuckDBConnection): Promise<boolean> {
  const found = await connection.runAndReadAll(
    "SELECT count(*)::INTEGER FROM duckdb_tables() WHERE table_name = 'ledger_meta'",
  );
  return found.getRows()[0]?.[0] === 1;
}

async function prepareTables(connection: DuckDBConnection, file: string): Promise<void> {
  const isThere = await tableExists(connection);
  await connection.run('BEGIN');
  if (isThere) await upgrade(connection, file);
  for (const statement of SCHEMA) await connection.run(statement);
  await connection.run(
    `INSERT INTO ledger_meta SELECT ${SCHEMA_VERSION} WHERE NOT EXISTS (FROM ledger_meta)`,
  );
  await connection.run('COMMIT');
}

function noLedger(dataDir: string, cause?: unknown): LedgerError {
  return new LedgerError(`there is no ledger in ${dataDir}`, {
    hint: 'start one with: tokenmeter up, or name its folder with --data',
    cause,
  });
}

/**
 * Opens the ledger for its one owner and creates it when missing, unless it must exist.
 *
 * Throws `LedgerError` when another process owns it, its version is another, or it cannot be read; then nothing is
 * changed, and the process should end: the engine must not open a file twice after a failed recovery.
 */
export async function openLedger(
  dataDir: string,
  timeZone: string,
  { mustExist = false }: { readonly mustExist?: boolean } = {},
): Promise<OpenLedger> {
  const file = join(dataDir, LEDGER_FILE);
  if (mustExist && !existsSync(file)) throw noLedger(dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  let instance: DuckDBInstance;
  try {
    instance = await DuckDBInstance.create(file, { ...SETTINGS });
  } catch (error) {
    throw describeOpenFailure(error, file);
  }
  try {
    const connection = await instance.connect();
    await prepareTables(connection, file);
    await lockDown(connection, timeZone);
    return { instance, connection };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** Opens an existing ledger that no process owns, read-only. Throws `LedgerError`. */
export async function openLedgerReadOnly(dataDir: string, timeZone: string): Promise<OpenLedger> {
  const file = join(dataDir, LEDGER_FILE);
  let instance: DuckDBInstance;
  try {
    instance = await DuckDBInstance.create(file, { ...SETTINGS, access_mode: 'READ_ONLY' });
  } catch (error) {
    if (error instanceof Error && /does not exist/i.test(error.message)) {
      throw noLedger(dataDir, error);
    }
    throw describeOpenFailure(error, file);
  }
  const connection = await instance.connect();
  await lockDown(connection, timeZone);
  return { instance, connection };
}
