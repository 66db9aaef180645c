import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { createGunzip } from 'node:zlib';
import { SourceError } from './source-error.ts';

/** Certificates for a connection, as PEM text. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
}

/** An answer that was read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly body: string;
}

/** Asks one HTTP server; keeps its connections open between requests. */
export interface HttpSender extends Disposable {
  /** GET without `form`, POST with it. Throws `SourceError`. */
  send(
    url: URL,
    options: { readonly form?: string; readonly signal: AbortSignal },
  ): Promise<HttpAnswer>;
}

/** What every request of a sender has in common. */
export interface SenderOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: TlsMaterial;
  readonly timeoutMs: number;
  /** Larger answers are refused before they fill the memory. */
  readonly maxBytes: number;
}

/** Creates a sender. Redirects are not followed: they would carry the credentials elsewhere. */
export function createHttpSender(options: SenderOptions): HttpSender {
  const { tls } = options;
  const plain = new HttpAgent({ keepAlive: true });
  const secure = new HttpsAgent({
    keepAlive: true,
    ...(tls?.ca !== undefined && { ca: tls.ca }),
    ...(tls?.cert !== undefined && { cert: tls.cert }),
    ...(tls?.key !== undefined && { key: tls.key }),
    ...(tls?.serverName !== undefined && { servername: tls.serverName }),
  });
  return {
    async send(url, { form, signal }) {
      const timeout = AbortSignal.timeout(options.timeoutMs);
      const isSecure = url.protocol === 'https:';
      try {
        const response = await open(url, {
          form,
          headers: options.headers,
          signal: AbortSignal.any([signal, timeout]),
          request: isSecure ? requestHttps : requestHttp,
          agent: isSecure ? secure : plain,
        });
        const body = await readBody(response, options.maxBytes);
        const retryAfterMs = readRetryAfter(response.headers['retry-after']);
        return { status: response.statusCode ?? 0, retryAfterMs, body };
      } catch (error) {
        throw toSourceError(error, { isTimeout: timeout.aborted, isAborted: signal.aborted });
      }
    },
    [Symbol.dispose]() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function open(
  url: URL,
  options: {
    readonly form: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    readonly request: typeof requestHttp;
    readonly agent: HttpAgent;
  },
): Promise<IncomingMessage> {
  const { form, signal, agent } = options;
  const headers = {
    'accept-encoding': 'gzip',
    ...options.headers,
    ...(form !== undefined && {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(form)),
    }),
  };
  return new Promise((resolve, reject) => {
    const method = form === undefined ? 'GET' : 'POST';
    const sent = options.request(url, { method, headers, agent, signal });
    sent.once('response', resolve);
    sent.once('error', reject);
    sent.end(form);
  });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<string> {
  const isPacked = response.headers['content-encoding'] === 'gzip';
  const stream = isPacked ? response.pipe(createGunzip()) : response;
  // `pipe` does not pass errors on.
  if (stream !== response) response.once('error', (error) => stream.destroy(error));
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const piece = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += piece.length;
    if (bytes > maxBytes) {
      response.destroy();
      throw new SourceError(`the answer is larger than ${Math.round(maxBytes / 1e6)} MB`, {
        isRetryable: false,
        isTooLarge: true,
      });
    }
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readRetryAfter(value: string | undefined): number | undefined {
  const seconds = value !== undefined && /^\d{1,5}$/.test(value) ? Number(value) : undefined;
  return seconds === undefined ? undefined : seconds * 1000;
}

function toSourceError(
  error: unknown,
  { isTimeout, isAborted }: { readonly isTimeout: boolean; readonly isAborted: boolean },
): SourceError {
  if (error instanceof SourceError) return error;
  if (isAborted) return new SourceError('the read was aborted', { isRetryable: true });
  if (isTimeout) return new SourceError('the store did not answer in time', { isRetryable: true });
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no connection';
  return new SourceError(`the store cannot be reached: ${code}`, {
    isRetryable: true,
    cause: error,
  });
}
