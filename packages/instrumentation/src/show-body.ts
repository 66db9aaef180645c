import { STOPPED } from './error-type.ts';

/** Decides what a reader sees of a body, and is told how it ended. */
export interface BodyView {
  /** What to show of a piece; may be empty. */
  show(bytes: Uint8Array): Uint8Array;
  /** What is left to show when the body ends. */
  end(): Uint8Array;
  fail?(error: unknown): void;
}

/**
 * A response with another body and everything else as it was. The source is locked at the first read only, nothing is
 * read ahead of the caller, and a cancel reaches the provider. Where the source can be read into the caller's own
 * buffers, as that of `fetch` can, so can the other body.
 */
export function showBody(response: Response, view: BodyView): Response {
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  const body = viewed(response.body, view);
  const shown = new Response(body, { status, statusText, headers });
  for (const key of ['url', 'redirected', 'type'] as const) {
    Object.defineProperty(shown, key, { value: response[key], configurable: true });
  }
  return shown;
}

type Source = ReadableStream<Uint8Array>;

interface Show {
  bytes(chunk: Uint8Array): void;
  close(): void;
}

function viewed(source: Source, view: BodyView): Source {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const pull = async (show: Show): Promise<void> => {
    reader ??= source.getReader();
    for (;;) {
      const { done, value } = await readOrFail(reader, view);
      const bytes = done ? view.end() : view.show(value);
      if (bytes.length > 0) show.bytes(bytes);
      if (done) show.close();
      if (done || bytes.length > 0) return;
    }
  };
  const cancel = (reason: unknown): Promise<void> => {
    view.fail?.(STOPPED);
    return reader === undefined ? source.cancel(reason) : reader.cancel(reason);
  };
  return isByteStream(source) ? createByteStream(pull, cancel) : createStream(pull, cancel);
}

type Pull = (show: Show) => Promise<void>;
type Cancel = (reason: unknown) => Promise<void>;

function createStream(pull: Pull, cancel: Cancel): Source {
  return new ReadableStream<Uint8Array>(
    {
      pull: (to) => pull({ bytes: (chunk) => to.enqueue(chunk), close: () => to.close() }),
      cancel,
    },
    { highWaterMark: 0 },
  );
}

/** Takes each chunk's memory over, as such streams do: it came out of one, and so belongs to nobody else. */
function createByteStream(pull: Pull, cancel: Cancel): Source {
  return new ReadableStream({
    type: 'bytes',
    pull: (to) =>
      pull({
        bytes: (chunk) => to.enqueue(chunk),
        close: () => {
          to.close();
          // Who waits with a buffer is not told by that.
          to.byobRequest?.respond(0);
        },
      }),
    cancel,
  });
}

function isByteStream(source: Source): boolean {
  try {
    source.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

async function readOrFail(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  view: BodyView,
): ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']> {
  try {
    return await reader.read();
  } catch (error) {
    view.fail?.(error);
    throw error;
  }
}
