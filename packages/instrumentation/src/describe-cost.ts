import type { PricedCall } from '@tokenmeter/pricing';
import { costCompat, tokenmeter } from '@tokenmeter/semconv';
import { eachCount } from './each-count.ts';
import type { CostCompat } from './options.ts';
import type { PutAttribute } from './put-attribute.ts';

const CURRENCY = 'USD';
const PICO_USD = 1e12;

type Priced = Extract<PricedCall, { kind: 'priced' }>;

/** The part of the total that a cost class belongs to on a span; requests where none is named. */
const PARTS: Readonly<Record<string, keyof Parts>> = {
  input: 'input',
  input_audio: 'input',
  input_image: 'input',
  input_video: 'input',
  cache_read: 'cacheRead',
  cache_read_audio: 'cacheRead',
  cache_read_image: 'cacheRead',
  cache_write: 'cacheWrite',
  cache_write_5m: 'cacheWrite',
  cache_write_1h: 'cacheWrite',
  output: 'output',
  reasoning: 'output',
  output_audio: 'output',
  output_image: 'output',
};

/** USD by part of a span's total; undefined where no class of the part was priced. */
interface Parts {
  input: number | undefined;
  cacheRead: number | undefined;
  cacheWrite: number | undefined;
  output: number | undefined;
  requests: number | undefined;
}

/** What a cost is written as, beside the call's own attributes. */
export interface CostOptions {
  readonly compat: CostCompat;
  /** True when the tokens are estimated; false when absent. */
  readonly isEstimated?: boolean;
}

/** Writes the cost attributes of a span; for an unpriced call the reason instead, never a zero. */
export function describeCost(
  priced: PricedCall,
  { compat, isEstimated = false }: CostOptions,
  put: PutAttribute,
): void {
  if (priced.kind === 'unpriced') {
    put(tokenmeter.unpricedReason, priced.reason);
    put(tokenmeter.costPriceVersion, priced.bookVersion);
    return;
  }
  const parts = partsOf(priced);
  put(tokenmeter.costTotal, priced.costUsd);
  put(tokenmeter.costComputed, priced.computedUsd);
  put(tokenmeter.costInput, parts.input);
  put(tokenmeter.costCacheRead, parts.cacheRead);
  put(tokenmeter.costCacheWrite, parts.cacheWrite);
  put(tokenmeter.costOutput, parts.output);
  put(tokenmeter.costRequests, parts.requests);
  put(tokenmeter.costCurrency, CURRENCY);
  put(tokenmeter.costSource, costSourceOf(priced, isEstimated));
  put(tokenmeter.costPriceVersion, priced.bookVersion);
  putCompat(put, priced, { compat, output: parts.output });
}

/** Where a cost comes from; what is computed from estimated tokens is an estimate, whatever its rates. */
export function costSourceOf(priced: Priced, isEstimated: boolean): string {
  return isEstimated ? 'estimate' : priced.source;
}

/** Sums by part; all undefined when the provider reported the total, whose split is unknown. */
function partsOf(priced: Priced): Parts {
  const parts: Parts = {
    input: undefined,
    cacheRead: undefined,
    cacheWrite: undefined,
    output: undefined,
    requests: undefined,
  };
  if (priced.source === 'provider') return parts;
  eachCount(priced.picoUsd, (costClass, picoUsd) => {
    const part = PARTS[costClass] ?? 'requests';
    parts[part] = (parts[part] ?? 0) + picoUsd;
  });
  // Divided once, at the end: the sums are exact in integers.
  for (const part of PART_NAMES) {
    const picoUsd = parts[part];
    if (picoUsd !== undefined) parts[part] = picoUsd / PICO_USD;
  }
  return parts;
}

const PART_NAMES = ['input', 'cacheRead', 'cacheWrite', 'output', 'requests'] as const;

interface Compat {
  readonly compat: CostCompat;
  /** USD of the output. */
  readonly output: number | undefined;
}

function putCompat(put: PutAttribute, priced: Priced, { compat, output = 0 }: Compat): void {
  switch (compat) {
    case 'none':
      return;
    case 'gen_ai.usage.cost':
      put(costCompat.usageCost, priced.costUsd);
      return;
    case 'otel-draft':
      put(costCompat.draftAmount, priced.costUsd);
      put(costCompat.draftCurrency, CURRENCY);
      put(costCompat.draftSource, priced.source === 'provider' ? 'provider' : 'local');
      return;
    case 'openinference':
      put(costCompat.openInferenceTotal, priced.costUsd);
      if (priced.source === 'provider') return;
      put(costCompat.openInferencePrompt, priced.costUsd - output);
      put(costCompat.openInferenceCompletion, output);
      return;
    default:
      compat satisfies never;
  }
}
