import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BodyWriter, createBodyWriter } from './body-writer.ts';
import type { Frame } from './frame.ts';
import type { ReplayEnding } from './replay-books.ts';
import type { Reply } from './reply.ts';

/** A response ready to be sent. */
export interface Outgoing {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly frames: Iterable<Frame>;
  /** Content frames among `frames`. */
  readonly contentCount: number;
  /** Text that ends the body for `errorAfterChunks`. */
  readonly errorText: string;
}

/** Hears of the head and of each frame when it is handed to the connection. */
export interface SendObserver {
  onHead(status: number): void;
  onFrame(frame: Frame): void;
}

/**
 * Sends a reply as its plan says: late, in drips, compressed, cut, without its end.
 *
 * Resolves with how it ended on the provider's side. Rejects when `signal`, which follows the connection, aborts.
 */
export async function sendReply(
  response: ServerResponse,
  outgoing: Outgoing,
  options: { readonly reply: Reply; readonly observer: SendObserver; readonly signal: AbortSignal },
): Promise<Exclude<ReplayEnding, 'open' | 'client_aborted'>> {
  const { reply, observer, signal } = options;
  if (reply.delayMs !== undefined) await sleep(reply.delayMs, undefined, { signal });
  if (reply.hang === 'head') await untilAborted(signal);
  response.writeHead(outgoing.status, {
    ...outgoing.headers,
    ...(reply.encoding !== undefined && { 'content-encoding': reply.encoding }),
  });
  response.flushHeaders();
  observer.onHead(outgoing.status);
  const writer = createBodyWriter(response, reply.encoding, signal);
  return await sendFrames(response, outgoing, { ...options, writer });
}

interface Sending {
  readonly reply: Reply;
  readonly observer: SendObserver;
  readonly signal: AbortSignal;
  readonly writer: BodyWriter;
}

async function sendFrames(
  response: ServerResponse,
  outgoing: Outgoing,
  sending: Sending,
): Promise<Exclude<ReplayEnding, 'open' | 'client_aborted'>> {
  const { reply, writer } = sending;
  let sent = 0;
  let ending: 'completed' | 'unterminated' = 'completed';
  for (const frame of outgoing.frames) {
    const interruption = interruptionAt(reply, sent, outgoing.contentCount);
    if (interruption !== undefined) {
      return await interrupt(interruption, response, { ...sending, errorText: outgoing.errorText });
    }
    if (frame.kind === 'terminal' && reply.omitTerminal === true) {
      ending = 'unterminated';
      continue;
    }
    if (frame.kind === 'content') {
      await drip(sending);
      sent += 1;
    }
    await writer.write(frame.text);
    sending.observer.onFrame(frame);
  }
  await writer.end();
  return ending;
}

function interruptionAt(
  reply: Reply,
  sent: number,
  contentCount: number,
): 'hang' | 'cut' | 'error' | undefined {
  if (reply.hang === 'body' && sent >= Math.floor(contentCount / 2)) return 'hang';
  if (sent >= (reply.cutAfterChunks ?? Number.POSITIVE_INFINITY)) return 'cut';
  if (sent >= (reply.errorAfterChunks ?? Number.POSITIVE_INFINITY)) return 'error';
  return undefined;
}

async function interrupt(
  kind: 'hang' | 'cut' | 'error',
  response: ServerResponse,
  sending: Sending & { readonly errorText: string },
): Promise<'cut' | 'failed'> {
  const { writer } = sending;
  if (kind === 'error') {
    await writer.write(sending.errorText);
    await writer.end();
    return 'failed';
  }
  await writer.flush();
  if (kind === 'hang') await untilAborted(sending.signal);
  response.destroy();
  return 'cut';
}

async function drip({ reply, signal, writer }: Sending): Promise<void> {
  if (reply.dripMs === undefined || reply.dripMs === 0) return;
  await writer.flush();
  await sleep(reply.dripMs, undefined, { signal });
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
