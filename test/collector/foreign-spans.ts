import { randomBytes } from 'node:crypto';

/** What a call used, and what it must cost. */
export interface ForeignCall {
  readonly model?: string;
  readonly provider?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly service?: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly events?: readonly { name: string; attributes: Readonly<Record<string, string>> }[];
  readonly durationMs?: number;
}

/** USD per call of `foreignSpans` defaults: gpt-4o, 1,000 in at $2.50 and 500 out at $10 per million. */
export const CALL_USD = 0.0075;

function attributesOf(values: Readonly<Record<string, string | number | boolean>>): unknown[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function spanOf(call: ForeignCall): unknown {
  const endMs = Date.now();
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: `chat ${call.model ?? 'gpt-4o'}`,
    kind: 3,
    startTimeUnixNano: String((endMs - (call.durationMs ?? 800)) * 1_000_000),
    endTimeUnixNano: String(endMs * 1_000_000),
    attributes: attributesOf({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': call.provider ?? 'openai',
      'gen_ai.request.model': call.model ?? 'gpt-4o',
      'gen_ai.response.model': call.model ?? 'gpt-4o',
      'gen_ai.usage.input_tokens': call.inputTokens ?? 1000,
      'gen_ai.usage.output_tokens': call.outputTokens ?? 500,
      ...call.attributes,
    }),
    ...(call.events === undefined
      ? {}
      : {
          events: call.events.map(({ name, attributes }) => ({
            name,
            timeUnixNano: String(endMs * 1_000_000),
            attributes: attributesOf(attributes),
          })),
        }),
  };
}

/** OTLP/JSON of calls of one service, as an instrumentation that speaks the current conventions writes them. */
export function foreignSpans(calls: readonly ForeignCall[], service = 'shop'): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': service }) },
        scopeSpans: [
          {
            scope: { name: 'opentelemetry.instrumentation.openai_v2' },
            spans: calls.map(spanOf),
          },
        ],
      },
    ],
  });
}

/** Sends OTLP/JSON; the status of the answer. */
export async function sendTraces(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const answer = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  await answer.body?.cancel();
  return answer.status;
}
