import type { DatabaseSync } from 'node:sqlite';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { transact } from './open-state.ts';

/** Fast: a snapshot is written every quarter of an hour. The check sum tells damage. */
const COMPRESSION = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
};

/** What each shard learned, in compressed parts. */
export class SnapshotTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Replaces the snapshot of a shard, in one transaction. */
  save(parts: Iterable<Uint8Array>, shard = ''): void {
    transact(this.#database, () => {
      this.#database.prepare('DELETE FROM snapshot WHERE shard = ?').run(shard);
      const insert = this.#database.prepare(
        'INSERT INTO snapshot (shard, part, body) VALUES (?, ?, ?)',
      );
      let number = 0;
      for (const part of parts) {
        insert.run(shard, number, zstdCompressSync(part, COMPRESSION));
        number += 1;
      }
    });
  }

  /** The parts of the last snapshot of a shard, up to the first that cannot be read; undefined before the first one. */
  load(shard = ''): Iterable<Uint8Array> | undefined {
    const first = this.#database
      .prepare('SELECT 1 FROM snapshot WHERE shard = ? LIMIT 1')
      .get(shard);
    return first && this.#parts(shard);
  }

  *#parts(shard: string): Generator<Uint8Array> {
    const rows = this.#database
      .prepare('SELECT body FROM snapshot WHERE shard = ? ORDER BY part')
      .iterate(shard);
    for (const { body } of rows) {
      const part = body instanceof Uint8Array ? unpack(body) : undefined;
      if (part === undefined) return;
      yield part;
    }
  }
}

function unpack(body: Uint8Array): Uint8Array | undefined {
  try {
    return zstdDecompressSync(body);
  } catch {
    return undefined;
  }
}
