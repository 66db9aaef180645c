import type { PriceBook } from '../../packages/pricing/src/index.ts';
import { priceCall } from '../../packages/pricing/src/index.ts';
import type { CapturedCall } from './read-captures.ts';

/** What a call adds to the money counters if everything that its spans carry is read. */
export interface ExpectedCharge {
  /** Classes as the Collector counts them: cache writes of any lifetime are one. */
  readonly tokens: Readonly<Record<string, number>>;
  /** Undefined: unpriced. */
  readonly picoUsd: number | undefined;
  /** No span names the model as the provider does, so what it costs cannot be demanded. */
  readonly isModelLost: boolean;
}

/** Start of captured time; prices are asked at this moment. */
const START_EPOCH_MS = Date.UTC(2026, 10, 21);

/** The charge of a call by what its spans carry; undefined where they carry no usage. */
export function expectedCharge(call: CapturedCall, book: PriceBook): ExpectedCharge | undefined {
  const { carried } = call;
  if (carried === undefined) return undefined;
  const tokens: Record<string, number> = {};
  for (const [name, count] of Object.entries(carried)) {
    const counted = name.startsWith('cache_write') ? 'cache_write' : name;
    if (count > 0) tokens[counted] = (tokens[counted] ?? 0) + count;
  }
  const model = call.carriesModel === 'served' ? call.model : call.requestModel;
  const priced = priceCall(
    {
      provider: call.provider,
      requestModel: call.requestModel,
      responseModel: model,
      startEpochMs: START_EPOCH_MS,
      modifiers: { ...(call.carriesTier === true && { serviceTier: call.serviceTier }) },
      usage: { kind: 'reported', tokens: carried, requests: {}, raw: {} },
    },
    book,
  );
  return {
    tokens,
    picoUsd: priced.kind === 'priced' ? priced.totalPicoUsd : undefined,
    isModelLost: call.carriesModel === 'none',
  };
}
