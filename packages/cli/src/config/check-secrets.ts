import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JsonStep } from '@tokenmeter/pricing';
import type { ConfigProblem } from './config-problem.ts';
import { isSecretReference, type SecretReference } from './schema-parts.ts';

/** Gives the value of a secret, or says why there is none; the problem never holds a value. */
export type ReadSecret = (
  reference: SecretReference,
) =>
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly problem: string };

/** Creates the reader of secrets for a configuration that lies in `folder`. */
export function createSecretReader(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): ReadSecret {
  return (reference) => {
    if ('env' in reference) {
      const value = env[reference.env];
      if (value !== undefined && value !== '') return { ok: true, value };
      return { ok: false, problem: `the environment variable ${reference.env} is not set` };
    }
    try {
      const value = readFileSync(resolve(folder, reference.file), 'utf8').trim();
      if (value !== '') return { ok: true, value };
      return { ok: false, problem: `the file ${reference.file} is empty` };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      return { ok: false, problem: `the file ${reference.file} cannot be read${code}` };
    }
  };
}

/** Finds every reference to a secret anywhere in the value that leads nowhere. */
export function checkSecrets(value: unknown, read: ReadSecret): readonly ConfigProblem[] {
  return visit(value, [], read);
}

function visit(part: unknown, path: readonly JsonStep[], read: ReadSecret): ConfigProblem[] {
  if (isSecretReference(part)) {
    const found = read(part);
    return found.ok ? [] : [{ path, message: found.problem }];
  }
  if (Array.isArray(part)) {
    return part.flatMap((item: unknown, index) => visit(item, [...path, index], read));
  }
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, item]) => visit(item, [...path, key], read));
}
