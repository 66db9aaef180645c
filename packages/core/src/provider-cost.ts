import type { TokenCounts, Usage } from './call-record.ts';
import type { Endpoint, ResponseHead } from './decoder.ts';
import type { ResponseDraft } from './response-draft.ts';

/**
 * Largest cost in USD that a response is believed to report, for each of its tokens: $1,000 per million, where the most
 * expensive known rate is $600 (o1-pro, 2026-11-21).
 */
const MAX_USD_PER_TOKEN = 0.001;

/** The same for what is not billed by the token: searches, pages, pictures. */
const MAX_FEES_USD = 10;

/**
 * A cost in USD that a response reports, of any type; one that the tokens cannot have cost is a problem of the draft, and
 * no cost. Undefined also where none was reported.
 */
export function believedCost(
  draft: ResponseDraft,
  reported: unknown,
  tokens: TokenCounts,
): number | undefined {
  if (reported === undefined || reported === null) return undefined;
  const isAmount = typeof reported === 'number' && reported >= 0 && reported <= mostUsd(tokens);
  if (!isAmount) draft.problems.add('provider_cost_invalid');
  return isAmount ? reported + 0 : undefined;
}

function mostUsd(tokens: TokenCounts): number {
  const count = Object.values(tokens).reduce((sum, each) => sum + each, 0);
  return MAX_FEES_USD + count * MAX_USD_PER_TOKEN;
}

const DECIMAL = /^\d{1,9}(?:\.\d{1,24})?(?:e-\d{1,2})?$/i;

/**
 * What a call through Vercel's gateway costs, as received: `cost` is what the gateway debits, in USD, a number or a
 * decimal text. It is 0 where credits or the caller's own key pay; there the spend is what the provider's list says,
 * `marketCost`. Undefined where neither was reported; a value that is no amount is handed on as it is.
 *
 * @see https://vercel.com/docs/ai-gateway/models-and-providers/provider-options (checked 2026-11-22)
 */
export function vercelCost(cost: unknown, marketCost: unknown): unknown {
  const debited = amountOf(cost);
  return debited === 0 || debited === undefined ? (amountOf(marketCost) ?? debited) : debited;
}

const LITELLM_COST = 'x-litellm-response-cost';

/**
 * Usage with the cost that LiteLLM's proxy puts into a header of answers that do not stream, in USD as a decimal text. 0 is
 * what it says of models that it does not know, and no cost.
 *
 * @see https://docs.litellm.ai/docs/proxy/response_headers (checked 2026-11-22)
 */
export function withHeaderCost(
  draft: ResponseDraft,
  { provider }: Endpoint,
  { headers }: ResponseHead,
  usage: Usage,
): Usage {
  if (provider !== 'litellm' || usage.kind !== 'reported') return usage;
  const reported = amountOf(headers?.[LITELLM_COST]);
  if (!reported || usage.providerCostUsd !== undefined) return usage;
  const cost = believedCost(draft, reported, usage.tokens);
  return cost === undefined ? usage : { ...usage, providerCostUsd: cost };
}

function amountOf(value: unknown): unknown {
  if (value === null) return undefined;
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
}
