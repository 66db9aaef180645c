/** What a command may touch of the process. Tests give their own. */
export interface Io {
  /** Results only. */
  readonly stdout: (text: string) => void;
  /** Everything that is not a result: progress, warnings, errors. */
  readonly stderr: (text: string) => void;
  /** All of standard input, or undefined when it is a terminal. */
  readonly readStdin: () => Promise<string | undefined>;
  /** Standard input in pieces of UTF-8 text cut anywhere, or undefined when it is a terminal. */
  readonly streamStdin: () => AsyncIterable<string> | undefined;
  /** Resolves once standard output takes more; false when nobody reads it any more. */
  readonly stdoutReady: () => Promise<boolean>;
  /** What a person answers to a question, or undefined when nobody is there to answer. */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly isTerminal: boolean;
  /** True when a person sees standard error. */
  readonly isErrorTerminal: boolean;
  readonly columns: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the person wants to stop. */
  readonly stop: AbortSignal;
  /** Aborts when the person asks for it once more. */
  readonly hurry: AbortSignal;
}

/** A failure that is the caller's to fix: printed as one line and a hint, exit code 1 or 2. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(
    message: string,
    options: { hint?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
  }
}
