/** The ledger cannot be opened or read. `hint` says what to do. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  /** The message without the hint. */
  readonly problem: string;
  /** What a person can do about it. */
  readonly hint: string;

  constructor(message: string, options: { readonly hint: string; readonly cause?: unknown }) {
    super(`${message}; ${options.hint}`, { cause: options.cause });
    this.problem = message;
    this.hint = options.hint;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * What the engine's last word means: after a fatal error, such as a full disk while it wrote its file, it answers
 * nothing any more until the file is opened by a new process. Undefined for every other error.
 */
export function describeFatal(error: unknown): LedgerError | undefined {
  const text = textOf(error);
  if (!/^FATAL Error|database has been invalidated/.test(text)) return undefined;
  const reason = /No space left on device/.test(text) ? 'its disk is full' : 'the engine gave up';
  return new LedgerError(`the ledger cannot go on: ${reason}`, {
    hint: 'what was acknowledged is kept; make sure that its disk has room, and start again',
    cause: error,
  });
}

/** Names the reason why the engine refused to open a file. */
export function describeOpenFailure(error: unknown, file: string): LedgerError {
  const text = textOf(error);
  if (/could not set lock|conflicting lock/i.test(text)) {
    const pid = /PID (\d+)/.exec(text)?.[1];
    const owner = pid === undefined ? 'another process' : `process ${pid}`;
    return new LedgerError(`the ledger is in use by ${owner}`, {
      hint: 'stop that process, or choose another folder with --data',
      cause: error,
    });
  }
  const damage = /corrupt|could not read|serializ/i.test(text) ? ': it is damaged' : '';
  return new LedgerError(`the ledger ${file} cannot be opened${damage}`, {
    hint: `nothing was changed; put the last backup in its place, or, to start anew, keep the old files under other names: mv ${file} ${file}.aside, and the same for ${file}.wal if it exists`,
    cause: error,
  });
}
