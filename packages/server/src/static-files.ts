import { readFile, realpath } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

/** A file to send. */
export interface StaticFile {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Names with a content hash never change: `index-Bx3kQ9aZ.js`. */
const HASHED = /[-.][\w-]{8,}\.\w+$/;

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Reads a file of the page; `/` is its index. Undefined when there is none inside the folder. Never throws. */
export async function readStaticFile(
  staticDir: string,
  path: string,
): Promise<StaticFile | undefined> {
  const decoded = decodePath(path === '/' ? '/index.html' : path);
  if (decoded === undefined || decoded.includes('\0')) return undefined;
  const type = TYPES[extname(decoded)];
  if (type === undefined) return undefined;
  try {
    const root = await realpath(staticDir);
    const file = await realpath(join(root, normalize(decoded)));
    if (!file.startsWith(root + sep)) return undefined;
    const isImmutable = decoded.startsWith('/assets/') && HASHED.test(decoded);
    return {
      body: await readFile(file),
      headers: {
        'content-type': type,
        'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      },
    };
  } catch {
    return undefined;
  }
}
