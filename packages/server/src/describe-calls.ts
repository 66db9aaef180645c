import { findMaker, type PriceBook } from '@tokenmeter/pricing';
import { genAi, tokenmeter } from '@tokenmeter/semconv';
import { type CallRow, describeCall, isMeteredSpan } from './describe-call.ts';
import { dropDoubles, dropMetered } from './drop-doubles.ts';
import { priceForeignCall } from './price-foreign-call.ts';
import { type ForeignCallSpan, readForeignSpan } from './read-foreign-span.ts';
import type { ReceivedSpan } from './received-telemetry.ts';

/** What decides which spans of an export are calls, and what they cost. */
export interface CallRules {
  readonly latestEpochMs: number;
  /** Undefined: calls of other instrumentations have no cost. */
  readonly priceBook: PriceBook | undefined;
  /** Instrumentation scopes whose spans are no calls. */
  readonly ignoredScopes?: RegExp | undefined;
}

/** The calls of an export, and what is wrong with those that are impossible. */
export interface DescribedCalls {
  readonly calls: readonly CallRow[];
  readonly problems: readonly string[];
}

/** Spans of ours that are calls, and those of other instrumentations, read. */
function readSpans(
  spans: readonly ReceivedSpan[],
  { priceBook, ignoredScopes }: CallRules,
): { readonly own: readonly ReceivedSpan[]; readonly foreign: readonly ForeignCallSpan[] } {
  const own: ReceivedSpan[] = [];
  const foreign: ForeignCallSpan[] = [];
  const makerOf = (model: string): string | undefined =>
    priceBook === undefined ? undefined : findMaker(priceBook, model);
  for (const span of spans) {
    if (isMeteredSpan(span.attributes)) {
      // Of any kind: a Collector leaves those of other instrumentations as they are.
      if (span.attributes.has(genAi.operationName)) own.push(span);
      continue;
    }
    if (span.attributes.has(tokenmeter.double)) continue;
    if (ignoredScopes?.test(span.scopeName) === true) continue;
    const read = readForeignSpan(span, makerOf);
    if (read.kind === 'call') foreign.push(read);
  }
  return { own, foreign };
}

/**
 * The calls of one export: our own, and those of other instrumentations, each once and priced. Anything else is left
 * out. Never throws.
 */
export function describeCalls(spans: readonly ReceivedSpan[], rules: CallRules): DescribedCalls {
  const { own, foreign } = readSpans(spans, rules);
  const { latestEpochMs, priceBook } = rules;
  const calls: CallRow[] = [];
  const problems: string[] = [];
  const others = dropMetered(dropDoubles(foreign), own).map((call) => call.span);
  for (const span of [...own, ...others]) {
    const described = describeCall(span, latestEpochMs);
    if (described.kind === 'rejected') problems.push(described.problem);
    else if (priceBook === undefined) calls.push(described.call);
    else calls.push(priceForeignCall(described.call, priceBook));
  }
  return { calls, problems };
}
