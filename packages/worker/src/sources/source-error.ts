/** A store did not answer as asked. The message names no address, key or label value. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly isRetryable: boolean;
  /** True when the answer would be beyond a limit, ours or the store's: less must be asked for at once. */
  readonly isTooLarge: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: {
      readonly isRetryable: boolean;
      readonly isTooLarge?: boolean;
      readonly retryAfterMs?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.isRetryable = options.isRetryable;
    this.isTooLarge = options.isTooLarge ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}
