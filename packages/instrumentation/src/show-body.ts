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
 * read ahead of the caller, and a cancel reaches the provider.
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

function viewed(source: ReadableStream<Uint8Array>, view: BodyView): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= source.getReader();
        for (;;) {
          const { done, value } = await readOrFail(reader, view);
          const bytes = done ? view.end() : view.show(value);
          if (bytes.length > 0) controller.enqueue(bytes);
          if (done) controller.close();
          if (done || bytes.length > 0) return;
        }
      },
      cancel(reason) {
        view.fail?.({ name: 'AbortError' });
        return reader === undefined ? source.cancel(reason) : reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
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
