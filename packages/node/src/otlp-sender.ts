import { readFileSync } from 'node:fs';
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { attempt, type OnFailure } from './attempt.ts';
import type { OtlpSettings } from './otlp-settings.ts';

/** How one export ended. */
export type SendResult = 'sent' | 'failed';

/** Milliseconds before the first retry; each further wait is longer by half. */
const FIRST_WAIT_MS = 1000;
const LAST_WAIT_MS = 5000;
/** The same for the final flush, whose whole time is short. */
const HURRIED_WAIT_MS = 150;
const HURRIED_RETRIES = 2;
/** A response is read only to free its connection. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

type Attempt = { readonly kind: SendResult } | { readonly kind: 'retry'; readonly waitMs?: number };

/**
 * Sends OTLP bodies over HTTP without ever holding the process: its sockets and timers are unreferenced, so a program
 * that is done ends, and `abandon()` settles everything in flight at once.
 *
 * `node:http` is taken from the process and not imported: importing it makes npm's undici fall back to HTTP/1.1 on
 * Node 24.
 */
export class OtlpSender {
  readonly #settings: OtlpSettings;
  readonly #onFailure: OnFailure;
  readonly #contentType: string;
  readonly #inFlight = new Set<() => void>();
  #agent: Agent | undefined;
  #deadlineEpochMs = Number.POSITIVE_INFINITY;

  /** `onFailure` is told when a request cannot even be made; one that does not arrive is no news. */
  constructor(settings: OtlpSettings, onFailure: OnFailure) {
    this.#settings = settings;
    this.#onFailure = onFailure;
    this.#contentType =
      settings.encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  }

  /** Limits this and every later export to a moment; retries come quickly from now on. */
  hurry(deadlineEpochMs: number): void {
    this.#deadlineEpochMs = deadlineEpochMs;
  }

  /** Takes a limit back, when the program goes on after all. */
  relax(): void {
    this.#deadlineEpochMs = Number.POSITIVE_INFINITY;
  }

  /** Lets everything in flight fail now. */
  abandon(): void {
    for (const cancel of [...this.#inFlight]) cancel();
  }

  /** Sends one body. Never rejects. */
  async send(body: Uint8Array): Promise<SendResult> {
    const started = Date.now();
    const payload = this.#settings.compression === 'gzip' ? gzipSync(body) : body;
    for (let retries = 0; ; retries += 1) {
      const leftMs = this.#leftMs(started);
      if (leftMs <= 0) return 'failed';
      const attempt = await this.#attempt(payload, leftMs);
      if (attempt.kind !== 'retry') return attempt.kind;
      const waitMs = this.#waitMs(retries, attempt.waitMs);
      if (waitMs >= this.#leftMs(started) || !(await this.#pause(waitMs))) return 'failed';
    }
  }

  /** Infinite when there is to be no further try. */
  #waitMs(retries: number, askedMs: number | undefined): number {
    if (Number.isFinite(this.#deadlineEpochMs)) {
      return retries < HURRIED_RETRIES ? HURRIED_WAIT_MS : Number.POSITIVE_INFINITY;
    }
    return askedMs ?? jittered(Math.min(FIRST_WAIT_MS * 1.5 ** retries, LAST_WAIT_MS));
  }

  #leftMs(started: number): number {
    const end = Math.min(started + this.#settings.timeoutMs, this.#deadlineEpochMs);
    return end - Date.now();
  }

  /** True when the time passed, false when it was cut short. */
  #pause(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isOver: boolean): void => {
        clearTimeout(timer);
        this.#inFlight.delete(cancel);
        resolve(isOver);
      };
      const timer = setTimeout(() => settle(true), milliseconds);
      timer.unref();
      const cancel = (): void => settle(false);
      this.#inFlight.add(cancel);
    });
  }

  #attempt(payload: Uint8Array, leftMs: number): Promise<Attempt> {
    return new Promise((resolve) => {
      const request = attempt(() => this.#open(payload), this.#onFailure);
      if (request === undefined) {
        resolve({ kind: 'failed' });
        return;
      }
      const settle = (attempt: Attempt): void => {
        clearTimeout(timer);
        this.#inFlight.delete(cancel);
        resolve(attempt);
      };
      const cancel = (): void => {
        request.destroy();
        settle({ kind: 'failed' });
      };
      const timer = setTimeout(cancel, leftMs);
      timer.unref();
      this.#inFlight.add(cancel);
      request.on('socket', (socket) => socket.unref());
      request.on('error', () => settle({ kind: 'retry' }));
      request.on('response', (response) => {
        response.on('error', () => settle({ kind: 'retry' }));
        response.on('end', () => settle(outcomeOf(response)));
        response.resume();
      });
      request.end(payload);
    });
  }

  #open(payload: Uint8Array): ClientRequest {
    const { url, headers, compression } = this.#settings;
    const http = process.getBuiltinModule('node:http');
    const https = process.getBuiltinModule('node:https');
    const isPlain = url.protocol === 'http:';
    this.#agent ??= isPlain
      ? new http.Agent({ keepAlive: true })
      : new https.Agent({ keepAlive: true, ...this.#tls() });
    const request = isPlain ? http.request : https.request;
    return request(url, {
      method: 'POST',
      agent: this.#agent,
      headers: {
        ...headers,
        'content-type': this.#contentType,
        'content-length': String(payload.length),
        ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
      },
    });
  }

  #tls(): { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer } {
    const { caFile, certFile, keyFile } = this.#settings;
    return {
      ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
      ...(certFile === undefined ? {} : { cert: readFileSync(certFile) }),
      ...(keyFile === undefined ? {} : { key: readFileSync(keyFile) }),
    };
  }
}

function outcomeOf(response: IncomingMessage): Attempt {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return { kind: 'sent' };
  if (!RETRYABLE.has(status)) return { kind: 'failed' };
  const seconds = Number(response.headers['retry-after']);
  return Number.isFinite(seconds) ? { kind: 'retry', waitMs: seconds * 1000 } : { kind: 'retry' };
}

/** Spread by a fifth either way, so that many processes do not come back together. */
function jittered(milliseconds: number): number {
  return milliseconds * (0.8 + Math.random() * 0.4);
}
