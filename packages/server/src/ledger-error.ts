/** The ledger cannot be opened or read. `hint` says what to do. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  /** What a person can do about it. */
  readonly hint: string;

  constructor(message: string, options: { readonly hint: string; readonly cause?: unknown }) {
    super(`${message}; ${options.hint}`, { cause: options.cause });
    this.hint = options.hint;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Names the reason why the engine refused to open a file. */
export function describeOpenFailure(error: unknown, file: string): LedgerError {
  const text = textOf(error);
  if (/lock/i.test(text)) {
    const pid = /PID (\d+)/.exec(text)?.[1];
    const owner = pid === undefined ? 'another process' : `process ${pid}`;
    return new LedgerError(`the ledger is in use by ${owner}`, {
      hint: 'stop that process, or choose another folder with --data',
      cause: error,
    });
  }
  return new LedgerError(`the ledger ${file} cannot be opened`, {
    hint: `nothing was changed; to start anew keep the old files under other names: mv ${file} ${file}.aside, and the same for ${file}.wal if it exists`,
    cause: error,
  });
}
