import { z } from 'zod';

/** Where a secret lies: an environment variable, or a file whose path is relative to the configuration. */
export type SecretReference = { readonly env: string } | { readonly file: string };

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const DURATION = /^(\d{1,6})([smhd])$/;
const DURATION_HELP = 'write a time such as 30s, 5m, 4h or 1d';
const CLOCK_HELP = 'write a time of the day such as 22:00';

/** Names of channels, routes and the like. */
export const nameText: z.ZodType<string, string> = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/i, 'a name has at most 63 letters, digits, - and _');

/** A whole number with s, m, h or d; read as milliseconds. */
export const duration: z.ZodType<number, string> = z
  .string({ error: DURATION_HELP })
  .regex(DURATION, DURATION_HELP)
  .transform((text) => {
    const [, count, unit] = DURATION.exec(text) ?? [];
    return Number(count) * (UNIT_MS.get(unit ?? '') ?? 0);
  });

/** A time of the day as `HH:MM`; read as minutes since midnight. */
export const timeOfDay: z.ZodType<number, string> = z
  .string({ error: CLOCK_HELP })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, CLOCK_HELP)
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

/** An ISO 8601 instant with its offset; read as epoch milliseconds. */
export const instant: z.ZodType<number, string> = z.iso
  .datetime({ offset: true, error: 'write an instant such as 2026-11-27T00:00:00Z' })
  .transform((text) => new Date(text).getTime());

/** A day as `YYYY-MM-DD`. */
export const calendarDay: z.ZodType<string, string> = z.iso.date('write a day such as 2026-12-24');

/** An http or https URL without a password in it. */
export const httpUrl: z.ZodType<string, string> = z
  .string()
  .refine(isHttpUrl, 'expected an http or https URL without user name and password');

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** One text or a list of them; read as a list. */
export const oneOrMore: z.ZodType<string[], string | string[]> = z.union(
  [
    z
      .string()
      .min(1)
      .transform((text) => [text]),
    z.array(z.string().min(1)).min(1),
  ],
  { error: 'expected a text or a list of texts' },
);

/** A secret: named by environment variable or file, never written into the configuration. */
export const secretReference: z.ZodType<SecretReference, SecretReference> = z.union(
  [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
  { error: 'a secret is written as { env: NAME } or { file: PATH }, never as its value' },
);

/** Tells a reference to a secret from any other value. */
export function isSecretReference(value: unknown): value is SecretReference {
  return secretReference.safeParse(value).success;
}
