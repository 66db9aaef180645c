import { bytesOfText, joinBytes, textOfBytes } from './platform.ts';

/** Bytes of a JSON body that are kept until the response starts; what follows them is not looked at. */
const JSON_LIMIT_BYTES = 16 * 1_048_576;

/** Bytes kept at either end of a form, whose middle is a file. */
const FORM_WINDOW_BYTES = 64 * 1024;

/**
 * Holds the pieces of a request body, without copying them, until someone wants the text.
 *
 * JSON beyond 16 MiB keeps its beginning only; of a form the two ends are kept, where its fields are. Other bodies are
 * not kept: nothing reads them.
 */
export class RequestBody {
  readonly #kind: 'json' | 'form' | 'other';
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #tail: Uint8Array[] = [];
  #tailBytes = 0;

  /** `contentType` is the request's; an absent one counts as JSON. */
  constructor(contentType: string | undefined) {
    this.#kind = kindOf(contentType);
  }

  push(chunk: unknown): void {
    if (this.#kind === 'other') return;
    const piece = bytesOf(chunk);
    if (piece === undefined) return;
    const limit = this.#kind === 'json' ? JSON_LIMIT_BYTES : FORM_WINDOW_BYTES;
    if (this.#bytes < limit) {
      this.#pieces.push(piece);
      this.#bytes += piece.length;
    } else if (this.#kind === 'form') {
      this.#keepTail(piece);
    }
  }

  /** The body so far as text; releases the pieces. */
  takeText(): string {
    const pieces = this.#tail.length === 0 ? this.#pieces : [...this.#pieces, ...this.#tail];
    this.#pieces = [];
    this.#tail = [];
    if (this.#kind === 'form') return formText(pieces);
    const [only] = pieces;
    if (only === undefined) return '';
    return textOfBytes(pieces.length === 1 ? only : joinBytes(pieces));
  }

  #keepTail(piece: Uint8Array): void {
    this.#tail.push(piece);
    this.#tailBytes += piece.length;
    const first = this.#tail[0];
    if (first !== undefined && this.#tailBytes - first.length >= FORM_WINDOW_BYTES) {
      this.#tail.shift();
      this.#tailBytes -= first.length;
    }
  }
}

/** The two ends of a form; a piece may be a whole file, of which only the ends are turned into text. */
function formText(pieces: readonly Uint8Array[]): string {
  const whole = joinBytes(pieces);
  if (whole.length <= 2 * FORM_WINDOW_BYTES) return textOfBytes(whole);
  const head = whole.subarray(0, FORM_WINDOW_BYTES);
  return textOfBytes(head) + textOfBytes(whole.subarray(-FORM_WINDOW_BYTES));
}

function kindOf(contentType: string | undefined): 'json' | 'form' | 'other' {
  if (contentType === undefined || /json|text/i.test(contentType)) return 'json';
  return /^multipart\/form-data/i.test(contentType) ? 'form' : 'other';
}

function bytesOf(chunk: unknown): Uint8Array | undefined {
  if (chunk instanceof Uint8Array) return chunk;
  return typeof chunk === 'string' ? bytesOfText(chunk) : undefined;
}
