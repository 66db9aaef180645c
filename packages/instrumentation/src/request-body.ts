/** Bytes of a request body that are kept until the response starts; what follows them is not looked at. */
const LIMIT_BYTES = 16 * 1_048_576;

/**
 * Holds the pieces of a request body, without copying them, until someone wants the text.
 *
 * Bodies beyond 16 MiB keep their beginning only. Form and binary bodies are not kept: nothing reads them.
 */
export class RequestBody {
  readonly #isText: boolean;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** `contentType` is the request's; an absent one counts as text. */
  constructor(contentType: string | undefined) {
    this.#isText = contentType === undefined || /json|text/i.test(contentType);
  }

  push(chunk: unknown): void {
    if (!this.#isText || this.#bytes >= LIMIT_BYTES) return;
    const piece = bytesOf(chunk);
    if (piece === undefined) return;
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  /** The body so far as UTF-8 text; releases the pieces. */
  takeText(): string {
    const pieces = this.#pieces;
    this.#pieces = [];
    const [only] = pieces;
    if (only === undefined) return '';
    const whole = pieces.length === 1 ? asBuffer(only) : Buffer.concat(pieces);
    return whole.toString('utf8');
  }
}

function bytesOf(chunk: unknown): Uint8Array | undefined {
  if (chunk instanceof Uint8Array) return chunk;
  return typeof chunk === 'string' ? Buffer.from(chunk) : undefined;
}

function asBuffer(piece: Uint8Array): Buffer {
  return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}
