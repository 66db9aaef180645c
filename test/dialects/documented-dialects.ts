import { DOCUMENTED_DIALECTS, type DocumentedStep } from './documented-spans.ts';
import { measureCarried } from './measure-carried.ts';
import { flattenSpans } from './otlp-json.ts';
import type { Json } from './provider/model-answer.ts';
import type { TrueCall } from './read-truth.ts';

/** The documented dialects as files of `captured/`. */
export function documentedCaptures(): readonly Json[] {
  return DOCUMENTED_DIALECTS.map(({ steps, scope, ...dialect }) => ({
    ...dialect,
    source: 'documented',
    packages: {},
    scopes: [`${scope}@`],
    steps: steps.map((step, index) => renderStep(step, scope, index)),
  }));
}

function renderStep(step: DocumentedStep, scope: string, index: number): Json {
  const baseNano = BigInt(Date.UTC(2026, 10, 21) + index * 60_000) * 1_000_000n;
  const idOf = (position: number): string =>
    (index * 16 + position + 1).toString(16).padStart(16, '0');
  const spans = step.spans.map((span, position) => ({
    traceId: (index + 1).toString(16).padStart(32, '0'),
    spanId: idOf(position),
    ...(span.parent !== undefined && { parentSpanId: idOf(span.parent) }),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(baseNano + BigInt(position) * 1_000_000n),
    endTimeUnixNano: String(baseNano + 20_000_000n),
    attributes: Object.entries(span.attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
    })),
    status: {},
  }));
  const attributes = [{ key: 'service.name', value: { stringValue: 'dialects' } }];
  const scopeSpans = [{ scope: { name: scope, version: '' }, spans }];
  const traces = { resourceSpans: [{ resource: { attributes }, scopeSpans }] };
  const flat = flattenSpans([traces]);
  const truth = step.calls.map((call) => {
    const whole: TrueCall = {
      api: 'openai.chat',
      provider: 'openai',
      requestModel: 'gpt-4o',
      isStreaming: false,
      outcome: 'ok',
      status: 200,
      requests: 1,
      ...call,
    };
    return { ...whole, ...measureCarried(whole, flat) };
  });
  return { name: step.name, truth, traces };
}
