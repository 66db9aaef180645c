import { CommandError } from './io.ts';

/** The canonical name of an IANA zone; undefined is this machine's. Throws a `CommandError` for one that does not exist. */
export function readTimeZone(text: string | undefined): string {
  if (text === undefined) return Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch (error) {
    throw new CommandError(`--time-zone ${JSON.stringify(text)} is not a time zone`, {
      hint: 'use an IANA name such as Europe/Berlin or UTC',
      exitCode: 2,
      cause: error,
    });
  }
}
