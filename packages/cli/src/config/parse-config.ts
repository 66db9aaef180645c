import type { JsonStep } from '@tokenmeter/pricing';
import type { z } from 'zod';
import { checkReferences } from './check-references.ts';
import { checkSecrets, type ReadSecret } from './check-secrets.ts';
import { checkSections } from './check-sections.ts';
import type { ConfigProblem } from './config-problem.ts';
import { CONFIG_SCHEMA } from './config-schema.ts';
import { parseConfigText } from './parse-config-text.ts';
import type { TokenmeterConfig } from './tokenmeter-config.ts';

/** A configuration, or everything that is wrong with it. */
export type ParsedConfig =
  | { readonly ok: true; readonly config: TokenmeterConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads the text of a tokenmeter.yaml. `readSecret` undefined leaves secrets unchecked. Never throws. */
export function parseConfig(text: string, readSecret: ReadSecret | undefined): ParsedConfig {
  const { value, problems: textProblems, positionOf } = parseConfigText(text);
  if (value === undefined) return { ok: false, problems: textProblems };
  const parsed = CONFIG_SCHEMA.safeParse(value);
  const found = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => describeIssue(issue, []))),
    ...checkReferences(value),
    ...checkSections(value),
    ...(readSecret === undefined ? [] : checkSecrets(value, readSecret)),
  ];
  const problems = [
    ...textProblems,
    ...found.map((problem) => {
      const position = positionOf(problem.path);
      return position === undefined ? problem : { ...problem, position };
    }),
  ];
  if (problems.length > 0 || !parsed.success) return { ok: false, problems };
  return { ok: true, config: parsed.data };
}

/** One issue can stand for several unknown keys, and a failed choice is told by its likeliest branch. */
function describeIssue(issue: z.core.$ZodIssue, parents: readonly JsonStep[]): ConfigProblem[] {
  const path = [
    ...parents,
    ...issue.path.map((step) => (typeof step === 'number' ? step : String(step))),
  ];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: 'there is no such key' }));
  }
  if (issue.code === 'invalid_key')
    return [{ path, message: issue.issues[0]?.message ?? issue.message }];
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const nearest = [...issue.errors].sort((a, b) => depthOf(b) - depthOf(a))[0] ?? [];
    const told = nearest.flatMap((one) => describeIssue(one, path));
    if (told.length > 0) return told;
  }
  return [{ path, message: issue.message.replace(/^Invalid input: /, '') }];
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}
