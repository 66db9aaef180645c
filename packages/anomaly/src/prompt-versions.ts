import {
  addCostBlock,
  type CostModel,
  decayCostModel,
  learnCostBlock,
  readCosts,
} from './cost-model.ts';
import { stampOf } from './cost-onset.ts';
import { beginCosts, createCostModel } from './cost-state.ts';
import type { Contributor } from './finding.ts';
import type { ScopeHistory } from './history.ts';
import type { MemoryPool } from './memory-pool.ts';
import type { PromptVersionUsage } from './usage-minute.ts';

/** Versions of prompts that are told apart in one feature; of more, those called last. */
const MOST_VERSIONS = 20;
const BLOCKS_PER_HOUR = 12;
const BLOCKS_PER_DAY = 24 * BLOCKS_PER_HOUR;
/** By then a lasting cost of a version that most calls use is the usual one of its feature too. */
const NEW_BLOCKS = 2 * BLOCKS_PER_DAY;

/** Adds what calls of each prompt version cost in a block. */
export function addPromptVersions(
  feature: ScopeHistory,
  block: number,
  {
    usage,
    pool,
  }: { readonly usage: Readonly<Record<string, PromptVersionUsage>>; readonly pool: MemoryPool },
): void {
  for (const [version, { pricedCalls, costUsd }] of Object.entries(usage)) {
    if (!(pricedCalls > 0) || !(costUsd >= 0)) continue;
    addCostBlock(modelOf(feature, version, pool), block, pricedCalls, costUsd);
  }
}

function modelOf(feature: ScopeHistory, version: string, pool: MemoryPool): CostModel {
  feature.prompts ??= new Map();
  const { prompts } = feature;
  const known = prompts.get(version);
  if (known !== undefined) return known;
  const dropped = prompts.size >= MOST_VERSIONS ? dropOldest(prompts) : undefined;
  const created = dropped ?? createCostModel(pool);
  beginCosts(created);
  prompts.set(version, created);
  return created;
}

/** Takes away the version that was called longest ago; its memory is used again. */
function dropOldest(prompts: Map<string, CostModel>): CostModel | undefined {
  let oldest: string | undefined;
  let last = Number.POSITIVE_INFINITY;
  for (const [version, { lastBlock }] of prompts) {
    if (lastBlock >= last) continue;
    last = lastBlock;
    oldest = version;
  }
  if (oldest === undefined) return undefined;
  const dropped = prompts.get(oldest);
  prompts.delete(oldest);
  return dropped;
}

/** Learns a complete block of every prompt version. */
export function closePromptVersions({ prompts }: ScopeHistory, block: number): void {
  if (prompts === undefined) return;
  const index = block % BLOCKS_PER_HOUR;
  for (const model of prompts.values()) {
    if (model.stamps[index] !== stampOf(block)) continue;
    learnCostBlock(model, block, model.ring[2 * index] ?? 0, model.ring[2 * index + 1] ?? 0);
  }
}

/** Lets one day pass. */
export function decayPromptVersions({ prompts }: ScopeHistory): void {
  if (prompts === undefined) return;
  for (const model of prompts.values()) decayCostModel(model);
}

/** What calls of a prompt version are compared with. */
export interface PromptVersion {
  readonly version: string;
  readonly own: CostModel;
  /** The usual cost of the version, or of the feature where the version is new; with the windows of the version. */
  readonly compared: CostModel;
}

/**
 * The prompt versions of a feature that can be judged: none where there is only one, which says what the feature says.
 *
 * A version is compared with itself. One that came at least a day after the feature is compared with the feature in its
 * first two days: what it costs more is told once, and then usual.
 */
export function comparedPromptVersions({ prompts, cost }: ScopeHistory): PromptVersion[] {
  if (prompts === undefined || prompts.size < 2) return [];
  return [...prompts].map(([version, own]) => {
    const isNew = own.lastBlock - own.firstBlock < NEW_BLOCKS;
    const isLater = own.firstBlock - cost.firstBlock >= BLOCKS_PER_DAY;
    const compared =
      cost.firstBlock >= 0 && isNew && (isLater || own.firstBlock < 0)
        ? withWindowsOf(cost, own)
        : own;
    return { version, own, compared };
  });
}

const LEAST_SHARE = 0.05;
const MOST_NAMED = 3;

/** Shares of the versions in what the calls of a window cost beyond `mid` each; nothing where one version has them all. */
export function sharesOfVersions(
  feature: ScopeHistory,
  {
    block,
    minutes,
    mid,
  }: { readonly block: number; readonly minutes: number; readonly mid: number },
): Contributor[] {
  const versions = comparedPromptVersions(feature).flatMap(({ version, compared }) => {
    const reading = readCosts(compared, block, 1).find((one) => one.minutes === minutes);
    return reading === undefined
      ? []
      : [{ version, excess: reading.calls * (reading.observed - mid) }];
  });
  const total = versions.reduce((sum, { excess }) => sum + Math.max(0, excess), 0);
  if (versions.length < 2 || !(total > 0)) return [];
  return versions
    .map(({ version, excess }) => ({
      dimension: 'prompt' as const,
      name: version,
      share: Math.max(0, excess) / total,
    }))
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share)
    .slice(0, MOST_NAMED);
}

/** What is usual in one model with what happened lately in another. */
function withWindowsOf(usual: CostModel, { ring, stamps, excessBlock }: CostModel): CostModel {
  const { numbers, bytes, calls, costUsd, firstBlock, lastBlock } = usual;
  const { levels, excessRatio, allowance } = usual;
  const known = { numbers, bytes, calls, costUsd, firstBlock, lastBlock, levels };
  return { ...known, excessRatio, allowance, ring, stamps, excessBlock };
}
