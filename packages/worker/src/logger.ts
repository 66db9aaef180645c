/** Where the worker says what a person should know. Never called per call or per healthy evaluation. */
export interface Logger {
  warn(text: string): void;
}

/** A logger that says nothing. */
export const SILENT_LOGGER: Logger = { warn: () => undefined };
