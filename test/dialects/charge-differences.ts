import type { PriceBook } from '../../packages/pricing/src/index.ts';
import { expectedCharge } from './expected-charge.ts';
import type { CapturedStep } from './read-captures.ts';

/** What a reader of spans charged for a step. Cache writes of any lifetime are one class. */
export interface Charged {
  readonly tokens: Readonly<Record<string, number>>;
  readonly picoUsd: number;
  readonly calls: number;
}

/**
 * Steps that no reader of spans can charge as they were: OpenLIT makes up the tokens of streams that reported none;
 * contrib's AWS SDK reads a stream's opening event only; two instrumentations of one client write two spans for an error,
 * and no id joins them.
 */
const EXCEPTIONS =
  /openlit-openai chat, streamed without usage|js-otel-aws-sdk invoke, streamed|(?:with-openai|beside-native) .*refused/;
// Writes of any lifetime are compared as one: a library may tell their sum only. The cost tells them apart.
const CLASSES = ['input', 'cache_read', 'cache_write', 'output', 'reasoning'];

/** One class for cache writes of any lifetime. */
export function countedClass(name: string): string {
  return name.startsWith('cache_write') ? 'cache_write' : name;
}

/** The step's spans as an export under a service name of its own, by which its counters are told apart. */
export function namedStep(step: CapturedStep, service: string): string {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  const resourceSpans = step.traces.resourceSpans.map((each) => ({
    ...each,
    resource: { attributes },
  }));
  return JSON.stringify({ resourceSpans });
}

function expectedOf(step: CapturedStep, book: PriceBook) {
  const charges = step.truth.map((call) => expectedCharge(call, book));
  const tokens: Record<string, number> = {};
  for (const charge of charges) {
    for (const [name, count] of Object.entries(charge?.tokens ?? {})) {
      tokens[name] = (tokens[name] ?? 0) + count;
    }
  }
  return {
    tokens,
    picoUsd: charges.reduce((sum, charge) => sum + (charge?.picoUsd ?? 0), 0),
    isOpen: charges.some((charge) => charge?.isModelLost === true),
  };
}

/** How a charge differs from what the spans of a step carry; empty when it does not. */
export function chargeDifferences(
  capture: string,
  step: CapturedStep,
  { charged, book }: { readonly charged: Charged; readonly book: PriceBook },
): readonly string[] {
  if (EXCEPTIONS.test(`${capture} ${step.name}`)) return [];
  const expected = expectedOf(step, book);
  const differences = CLASSES.filter(
    (name) => (expected.tokens[name] ?? 0) !== (charged.tokens[name] ?? 0),
  ).map((name) => `${name} ${charged.tokens[name] ?? 0}, not ${expected.tokens[name] ?? 0}`);
  if (!expected.isOpen && Math.abs(charged.picoUsd - expected.picoUsd) > 2) {
    differences.push(`cost ${charged.picoUsd} pico, not ${expected.picoUsd}`);
  }
  // A library may say nothing of a call that failed; of one whose tokens it tells it speaks once.
  const least = step.truth.filter((call) => call.spans.length > 0).length;
  const most = step.truth.reduce((sum, { requests }) => sum + requests, 0);
  if (charged.calls < least || charged.calls > most) {
    differences.push(`calls ${charged.calls}, not ${step.truth.length}`);
  }
  return differences;
}
