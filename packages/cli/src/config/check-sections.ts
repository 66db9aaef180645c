import { parseRuleSettings } from '@tokenmeter/anomaly';
import type { JsonStep } from '@tokenmeter/pricing';
import { parseShard, parseSources } from '@tokenmeter/worker';
import type { ConfigProblem } from './config-problem.ts';

/**
 * Finds what is wrong in the sections that other packages read: rules, sources, and the shard of a worker. Reads the value
 * as written.
 */
export function checkSections(value: unknown): readonly ConfigProblem[] {
  if (typeof value !== 'object' || value === null) return [];
  const { rules, source, sources, worker } = { ...emptySections, ...value };
  return [...checkRules(rules), ...checkSources(source, sources), ...checkShard(worker)];
}

const emptySections: {
  readonly rules: unknown;
  readonly source: unknown;
  readonly sources: unknown;
  readonly worker: unknown;
} = { rules: undefined, source: undefined, sources: undefined, worker: undefined };

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

function checkShard(worker: unknown): ConfigProblem[] {
  if (typeof worker !== 'object' || worker === null || !('shard' in worker)) return [];
  const { shard } = worker;
  if (typeof shard !== 'string' || parseShard(shard) !== undefined) return [];
  return [{ path: ['worker', 'shard'], message: 'must be I/N such as 2/8, I from 1 to N' }];
}

/** The steps of `overrides[0].volume.warningRatio`. */
function stepsOf(path: string): JsonStep[] {
  return [...path.matchAll(/[^.[\]]+/g)].map(([part]) =>
    /^\d+$/.test(part) ? Number(part) : part,
  );
}
