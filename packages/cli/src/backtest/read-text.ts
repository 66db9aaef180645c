import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The first two bytes of every gzip file (RFC 1952, 2.3.1). */
const GZIP = [0x1f, 0x8b] as const;

const CHUNK_BYTES = 1 << 20;

/**
 * The text of a file in pieces, unpacked where it is gzip, whatever its name. It is read once, so that it may be a pipe.
 *
 * Throws what the file system throws, and what is wrong with a packed file.
 */
export async function* readText(path: string, signal: AbortSignal): AsyncGenerator<string> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES, signal });
  const chunks: AsyncIterator<Buffer> = file[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const bytes = Readable.from(joined(first.value, chunks));
  const isPacked = GZIP.every((byte, index) => first.value[index] === byte);
  // The end of a broken stream is told by the one that is read.
  const plain = isPacked ? pipeline(bytes, createGunzip(), () => undefined) : bytes;
  for await (const text of plain.setEncoding('utf8')) yield String(text);
}

async function* joined(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
