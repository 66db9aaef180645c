import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeRequest } from './decode-request.ts';
import type { DecodedResponse, Endpoint, ResponseDecoder } from './decoder.ts';
import { createResponseDecoder } from './response-decoder.ts';

const ROOT = join(import.meta.dirname, '../../../test/fixtures');

/** One recorded or hand-made exchange with a provider, and what it must decode to. */
export interface Fixture {
  readonly name: string;
  readonly requestText: string;
  readonly responseBytes: Uint8Array;
  readonly meta: {
    readonly method: string;
    readonly host: string;
    readonly port?: number;
    readonly path: string;
    readonly statusCode: number;
    readonly contentType: string;
    readonly endpoint: Endpoint;
    readonly want: DecodedResponse;
  };
}

/** Every fixture that says what it must decode to, in the order of its name. */
export function loadFixtures(): readonly Fixture[] {
  return globSync('*/*/*/meta.json', { cwd: ROOT })
    .sort()
    .map((path) => {
      const folder = join(ROOT, dirname(path));
      return {
        name: dirname(path),
        requestText: readFileSync(join(folder, 'request.json'), 'utf8'),
        responseBytes: readFileSync(responseFile(folder)),
        meta: JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')),
      };
    });
}

const EXTENSIONS = ['json', 'sse', 'ndjson', 'eventstream'];

function responseFile(folder: string): string {
  const files = EXTENSIONS.map((extension) => join(folder, `response.${extension}`));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) throw new Error(`expected a response file in ${folder}`);
  return found;
}

/** Feeds a decoder with bytes, as the shell does: as they are where it takes bytes, else as UTF-8 text. */
export function createFeed(decoder: ResponseDecoder): (bytes: Uint8Array) => void {
  const { pushBytes } = decoder;
  if (pushBytes !== undefined) return pushBytes;
  const utf8 = new TextDecoder();
  return (bytes) => decoder.push(utf8.decode(bytes, { stream: true }));
}

/** The decoder of a fixture's response. */
export function createFixtureDecoder({ meta, requestText }: Fixture): ResponseDecoder {
  const { endpoint, statusCode, contentType } = meta;
  const request = decodeRequest(endpoint, requestText);
  return createResponseDecoder(endpoint, { statusCode, contentType }, request);
}

/** Decodes a fixture's response that arrives in the given pieces. */
export function decodePieces(fixture: Fixture, pieces: readonly Uint8Array[]): DecodedResponse {
  const decoder = createFixtureDecoder(fixture);
  const feed = createFeed(decoder);
  for (const piece of pieces) feed(piece);
  return decoder.result();
}
