import { genAi } from '@tokenmeter/semconv';
import type { ForeignCallSpan } from './read-foreign-span.ts';
import type { Attributes, ReceivedSpan } from './received-telemetry.ts';

/** A span that knows no response id has one no longer than this. */
const NO_ID = 2;
const NO_SPAN: ReadonlySet<string> = new Set(['', '0'.repeat(16)]);

function idOf({ span }: ForeignCallSpan): string | undefined {
  const id = span.attributes.get(genAi.responseId);
  return typeof id === 'string' && id.length > NO_ID ? id : undefined;
}

/** Texts of any kind are one: a library may call chat what the one below it calls by another word. */
function operationOf({ span }: ForeignCallSpan): string {
  const name = String(span.attributes.get(genAi.operationName));
  return name === 'generate_content' || name === 'text_completion' ? 'chat' : name;
}

/** How much a span says of its call. SDKs count their own streams right. */
function weightOf({ span, counts, hasUsage }: ForeignCallSpan): number {
  if (!hasUsage) return 0;
  return (
    (span.scopeName.startsWith('com.anthropic.') ? 3 : 2) +
    (counts.cacheRead === undefined ? 0 : 4) +
    (counts.cacheWrite === undefined ? 0 : 4) +
    (counts.reasoning === undefined ? 0 : 2) +
    (counts.cacheWrite1h === undefined ? 0 : 8)
  );
}

/** The calls below a call. */
type Below = ReadonlyMap<string, readonly ForeignCallSpan[]>;

function callsBelow(calls: readonly ForeignCallSpan[]): Below {
  const below = new Map<string, ForeignCallSpan[]>();
  for (const call of calls) {
    const { parentSpanId, spanId } = call.span;
    if (parentSpanId === spanId || NO_SPAN.has(parentSpanId)) continue;
    const group = below.get(parentSpanId);
    if (group === undefined) below.set(parentSpanId, [call]);
    else group.push(call);
  }
  return below;
}

/** A library that leaves its span open hangs the next call below it: that one has another answer and other tokens. */
function isNext(call: ForeignCallSpan, below: readonly ForeignCallSpan[]): boolean {
  const id = idOf(call);
  const last = below.at(-1);
  if (id === undefined || last?.span.scopeName !== call.span.scopeName || !call.hasUsage) {
    return false;
  }
  const { input = 0, output = 0 } = call.counts;
  return (
    below.every((other) => idOf(other) !== undefined && idOf(other) !== id) &&
    (last.counts.input ?? 0) !== input &&
    (last.counts.output ?? 0) !== output
  );
}

function isWrapper(call: ForeignCallSpan, below: Below): boolean {
  const inner = below.get(call.span.spanId) ?? [];
  const same = inner.filter((other) => operationOf(other) === operationOf(call));
  const used = same.filter(({ hasUsage }) => hasUsage);
  if (used.length > 0) return !isNext(call, used);
  return !call.hasUsage && same.length > 0;
}

/** Of spans inside one another the innermost with usage is the call, or the innermost where none has any. */
function withoutWrappers(calls: readonly ForeignCallSpan[]): readonly ForeignCallSpan[] {
  const below = callsBelow(calls);
  const used = new Map<string, string>();
  for (const call of calls) if (call.hasUsage) used.set(call.span.spanId, operationOf(call));
  return calls.filter((call) => {
    if (isWrapper(call, below)) return false;
    const { span, hasUsage, hasFailed } = call;
    return hasUsage || hasFailed || used.get(span.parentSpanId) !== operationOf(call);
  });
}

/** Of instrumentations side by side that know one response id the one that says most is the call. */
function withoutSameIds(calls: readonly ForeignCallSpan[]): readonly ForeignCallSpan[] {
  const best = new Map<string, { readonly weight: number; readonly scopeName: string }>();
  for (const call of calls) {
    const id = idOf(call);
    if (id === undefined) continue;
    const weight = weightOf(call);
    if ((best.get(id)?.weight ?? -1) < weight) {
      best.set(id, { weight, scopeName: call.span.scopeName });
    }
  }
  return calls.filter((call) => {
    const found = best.get(idOf(call) ?? '');
    return found === undefined || found.scopeName === call.span.scopeName;
  });
}

function tokensKey({ span, counts }: ForeignCallSpan, endSecond: number): string {
  const provider = span.attributes.get(genAi.providerName);
  return JSON.stringify([provider, counts.input, counts.output, endSecond]);
}

function hasBothTotals({ counts }: ForeignCallSpan): boolean {
  return (counts.input ?? 0) > 0 && (counts.output ?? 0) > 0;
}

/** A span without an id is the same call as one of another scope with the same tokens at the same time. */
function withoutSameTokens(calls: readonly ForeignCallSpan[]): readonly ForeignCallSpan[] {
  if (calls.every((call) => idOf(call) !== undefined)) return calls;
  const known = new Map<string, ForeignCallSpan>();
  for (const call of calls) {
    if (!hasBothTotals(call)) continue;
    const second = Math.floor(call.span.endEpochMs / 1000);
    for (const key of [tokensKey(call, second), tokensKey(call, second + 1)]) {
      if (!known.has(key) || idOf(call) !== undefined) known.set(key, call);
    }
  }
  return calls.filter((call) => {
    if (idOf(call) !== undefined || !hasBothTotals(call)) return true;
    const twin = known.get(tokensKey(call, Math.floor(call.span.endEpochMs / 1000)));
    if (twin === undefined || twin.span.scopeName === call.span.scopeName) return true;
    const { startEpochMs, endEpochMs } = call.span;
    return twin.span.startEpochMs > endEpochMs || twin.span.endEpochMs < startEpochMs;
  });
}

const identities = new WeakMap<Attributes, string>();

/** A resource is shared by all spans of its part of a request; its identity is computed once. */
function resourceIdentity(resource: Attributes): string {
  const known = identities.get(resource);
  if (known !== undefined) return known;
  const text = JSON.stringify([...resource].sort(([a], [b]) => (a < b ? -1 : 1)));
  identities.set(resource, text);
  return text;
}

/**
 * The calls of one export, each once: of the spans that several instrumentations of one service wrote for a call the one
 * that counts. Doubles in different exports are not seen. The Collector's normalise.yaml decides the same way.
 */
export function dropDoubles(calls: readonly ForeignCallSpan[]): readonly ForeignCallSpan[] {
  if (calls.length < 2) return calls;
  const groups = new Map<string, ForeignCallSpan[]>();
  for (const call of calls) {
    const key = resourceIdentity(call.span.resource);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [call]);
    else group.push(call);
  }
  return [...groups.values()].flatMap((group) =>
    withoutSameTokens(withoutSameIds(withoutWrappers(group))),
  );
}

/**
 * The calls that were not metered where they were made: no span that a metered one lies in, and none with its response id,
 * where both are of one resource. The Collector's normalise.yaml decides the same way.
 */
export function dropMetered(
  calls: readonly ForeignCallSpan[],
  metered: readonly ReceivedSpan[],
): readonly ForeignCallSpan[] {
  if (metered.length === 0) return calls;
  const known = new Set<string>();
  for (const { attributes, parentSpanId, resource } of metered) {
    const identity = resourceIdentity(resource);
    const id = attributes.get(genAi.responseId);
    if (!NO_SPAN.has(parentSpanId)) known.add(`${parentSpanId} ${identity}`);
    if (typeof id === 'string' && id.length > NO_ID) known.add(`id ${id} ${identity}`);
  }
  return calls.filter((call) => {
    const identity = resourceIdentity(call.span.resource);
    return (
      !known.has(`${call.span.spanId} ${identity}`) && !known.has(`id ${idOf(call)} ${identity}`)
    );
  });
}
