import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DecodedResponse, Endpoint } from './decoder.ts';

const ROOT = join(import.meta.dirname, '../../../test/fixtures');

/** One recorded or hand-made exchange with a provider, and what it must decode to. */
export interface Fixture {
  readonly name: string;
  readonly requestText: string;
  readonly responseText: string;
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
        responseText: readFileSync(responseFile(folder), 'utf8'),
        meta: JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')),
      };
    });
}

function responseFile(folder: string): string {
  const files = ['json', 'sse', 'ndjson'].map((extension) => join(folder, `response.${extension}`));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) throw new Error(`expected a response file in ${folder}`);
  return found;
}
