import type { Guard } from './guard.ts';
import type { ExchangeObserver } from './observed-request.ts';

/** Shows an observer what the application writes: `write` and `end` of this one object are overridden. */
export function tapWrites(writable: object, observer: ExchangeObserver, guard: Guard): void {
  for (const method of ['write', 'end'] as const) {
    const original: unknown = Reflect.get(writable, method);
    if (typeof original !== 'function') continue;
    const tapped = function (this: unknown, ...args: readonly unknown[]): unknown {
      guard('stream_write', () => observer.requestChunk(chunkOf(args)));
      return Reflect.apply(original, this, args);
    };
    Reflect.set(writable, method, tapped);
  }
}

/**
 * Shows an observer what arrives: `push` of this one readable is overridden. No listener is added and nothing is resumed
 * or paused, so the stream flows exactly as the application wants it to.
 */
export function tapReads(readable: object, observer: ExchangeObserver, guard: Guard): void {
  const original: unknown = Reflect.get(readable, 'push');
  if (typeof original !== 'function') return;
  const tapped = function (this: unknown, ...args: readonly unknown[]): unknown {
    guard('stream_push', () => {
      const [chunk] = args;
      if (chunk === null) observer.responseEnd();
      else observer.responseChunk(chunk);
    });
    return Reflect.apply(original, this, args);
  };
  Reflect.set(readable, 'push', tapped);
}

/** `write` and `end` take a text with its encoding, or bytes. */
function chunkOf(args: readonly unknown[]): unknown {
  const [chunk, encoding] = args;
  if (typeof chunk === 'string' && typeof encoding === 'string' && Buffer.isEncoding(encoding)) {
    return Buffer.from(chunk, encoding);
  }
  return chunk;
}
