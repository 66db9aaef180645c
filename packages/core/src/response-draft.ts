import type { PriceModifiers, RequestClass, ResponseJob } from './call-record.ts';
import type { OutputContent } from './output-content.ts';
import { fieldOf, nameOf } from './wire-value.ts';

/** Choices beyond this many keep no finish reason. */
const MAX_CHOICES = 128;

const ERROR_WORD = /^[\w.:-]{1,64}$/;

/** `error.type` of an error that has no name, as the conventions want it. */
export const UNNAMED_ERROR = '_OTHER';

/** What a protocol has read of a response so far. Reading the same part twice changes nothing. */
export class ResponseDraft {
  model: string | undefined;
  responseId: string | undefined;
  systemFingerprint: string | undefined;
  errorType: string | undefined;
  isComplete = false;
  /** The usage object as received; undefined until one came. */
  usage: unknown;
  /** Hosted tools that the body counts outside its usage object. */
  requests: Partial<Record<RequestClass, number>> = {};
  modifiers: PriceModifiers = {};
  /** Whether a response made on the provider's own time is still being made; undefined where nothing said so. */
  jobState: ResponseJob['state'] | undefined;
  isBackground: boolean | undefined;
  finishedEpochMs: number | undefined;
  /** UTF-8 bytes of what the model wrote; undefined where nobody counts, or it cannot be counted. */
  writtenBytes: number | undefined;
  /** Collects what the model wrote; undefined where nobody asked for it. */
  output: OutputContent | undefined;
  /** Events offered so far, wanted or not. */
  eventCount = 0;
  readonly problems: Set<string> = new Set();
  readonly #finishReasons: Map<number, string> = new Map();

  get finishReasons(): readonly string[] {
    // Most answers have one choice.
    if (this.#finishReasons.size < 2) return [...this.#finishReasons.values()];
    return [...this.#finishReasons.entries()]
      .sort(([left], [right]) => left - right)
      .map(([, reason]) => reason);
  }

  finish(choice: unknown, reason: unknown): void {
    const word = nameOf(reason);
    const index = typeof choice === 'number' ? choice : 0;
    if (word === undefined) return;
    if (this.#finishReasons.size < MAX_CHOICES) this.#finishReasons.set(index, word);
  }

  /** Takes id and model; the last non-empty value wins, because streams begin with empty ones. */
  identify(source: unknown): void {
    this.responseId = nameOf(fieldOf(source, 'id')) ?? this.responseId;
    this.model = nameOf(fieldOf(source, 'model')) ?? this.model;
  }

  modify(modifiers: PriceModifiers): void {
    this.modifiers = { ...this.modifiers, ...modifiers };
  }

  /** Takes an error object `{ code, type }` or a bare text; whatever is not a plain word is unnamed. */
  fail(error: unknown): void {
    for (const key of ['code', 'type', 'status']) {
      const value = fieldOf(error, key);
      const word = typeof value === 'number' ? String(value) : value;
      if (typeof word === 'string' && ERROR_WORD.test(word)) {
        this.errorType = word;
        return;
      }
    }
    this.errorType ??= UNNAMED_ERROR;
  }
}
