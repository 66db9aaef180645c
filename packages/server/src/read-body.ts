import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** The whole body after decompression, or the HTTP status that refuses it. */
export type BodyRead =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly status: 400 | 408 | 413 | 415; readonly problem: string };

const unzip = promisify(gunzip);

async function readRaw(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

/** Reads a body, plain or gzip; `limitBytes` bounds what is sent and what it expands to. Never throws. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<BodyRead> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== '') {
    return { ok: false, status: 415, problem: 'content-encoding must be gzip or absent' };
  }
  const tooLarge: BodyRead = {
    ok: false,
    status: 413,
    problem: `the body is larger than ${limitBytes} bytes`,
  };
  try {
    const raw = await readRaw(request, limitBytes);
    if (raw === undefined) return tooLarge;
    if (encoding !== 'gzip') return { ok: true, body: raw };
    return { ok: true, body: await unzip(raw, { maxOutputLength: limitBytes }) };
  } catch (error) {
    if (isTooLarge(error)) return tooLarge;
    if (encoding === 'gzip')
      return { ok: false, status: 400, problem: 'the body is not valid gzip' };
    return { ok: false, status: 400, problem: 'the body ended early' };
  }
}
