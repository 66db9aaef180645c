import { parseRuleSettings } from '@tokenmeter/anomaly';
import type { JsonStep } from '@tokenmeter/pricing';
import { parseSources } from '@tokenmeter/worker';
import type { ConfigProblem } from './config-problem.ts';

/** Finds what is wrong in the sections that other packages read: rules, and sources. Reads the value as written. */
export function checkSections(value: unknown): readonly ConfigProblem[] {
  if (typeof value !== 'object' || value === null) return [];
  const { rules, source, sources } = { ...emptySections, ...value };
  return [...checkRules(rules), ...checkSources(source, sources)];
}

const emptySections: {
  readonly rules: unknown;
  readonly source: unknown;
  readonly sources: unknown;
} = { rules: undefined, source: undefined, sources: undefined };

function checkRules(rules: unknown): ConfigProblem[] {
  if (rules === undefined || rules === null) return [];
  const parsed = parseRuleSettings(rules);
  if (parsed.ok) return [];
  return parsed.problems.map(({ path, problem }) => ({
    path: ['rules', ...stepsOf(path)],
    message: problem,
  }));
}

function checkSources(source: unknown, sources: unknown): ConfigProblem[] {
  if (sources === undefined && source === undefined) return [];
  const isOne = sources === undefined;
  const parsed = parseSources(isOne ? [source] : sources);
  if (parsed.ok) return [];
  return parsed.problems.map(({ path, message }) => ({
    path: isOne ? ['source', ...path.slice(1)] : ['sources', ...path],
    message,
  }));
}

/** The steps of `overrides[0].volume.warningRatio`. */
function stepsOf(path: string): JsonStep[] {
  return [...path.matchAll(/[^.[\]]+/g)].map(([part]) =>
    /^\d+$/.test(part) ? Number(part) : part,
  );
}
