/** Where the server says what a person should know. Never called per request. */
export interface Logger {
  warn(text: string): void;
}

/** A logger that says nothing. */
export const SILENT: Logger = { warn: () => undefined };
