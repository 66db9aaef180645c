import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { CallRecord } from '@tokenmeter/core';
import { expect, test } from 'vitest';
import { activeMeter } from './active-meter.ts';
import { ambientAttribution } from './ambient-attribution.ts';
import { withAttribution } from './attribution.ts';
import { claimNativeSpan } from './native-span.ts';
import { startTelemetry, type TestTelemetry } from './telemetry.test-kit.ts';

const RECORD: CallRecord = {
  api: 'anthropic.messages',
  provider: 'anthropic',
  operation: 'chat',
  requestModel: 'claude-haiku-4-5',
  startEpochMs: 1_790_000_000_000,
  endEpochMs: 1_790_000_001_000,
  isStreaming: false,
  outcome: 'ok',
  resendCount: 0,
  parameters: {},
  modifiers: {},
  usage: { kind: 'reported', tokens: { input: 100, output: 40 }, requests: {}, raw: {} },
};

const NATIVE = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'claude-haiku-4-5',
  'gen_ai.usage.output_tokens': 41,
};

/** A native span that is active while so many attempts are under way, and what they are. */
function runNative(
  telemetry: TestTelemetry,
  { attributes = NATIVE, scope = 'native' }: { attributes?: Attributes; scope?: string },
  act: (native: Span, end: (record: Partial<CallRecord>) => void) => void,
): void {
  const tracer = telemetry.tracerProvider.getTracer(scope);
  const native = tracer.startSpan('native', { kind: SpanKind.CLIENT, attributes });
  const parent = trace.setSpan(ROOT_CONTEXT, native);
  act(native, (record) => {
    const claimed = claimNativeSpan(parent, 'chat');
    activeMeter()?.meter({ ...RECORD, ...record }, { feature: 'f' }, { parent, native: claimed });
  });
}

/** Name, outcome and error type of every finished span. */
function told(telemetry: TestTelemetry): unknown {
  return telemetry
    .spans()
    .map(({ name, attributes }) => [
      name,
      attributes['tokenmeter.outcome'],
      attributes['error.type'],
    ]);
}

const FAILED: Partial<CallRecord> = {
  outcome: 'error',
  errorType: 'E',
  usage: { kind: 'missing' },
};

test('a native span of the same call is joined: what was written stays, tokens are the provider’s', () => {
  using telemetry = startTelemetry();
  runNative(telemetry, {}, (native, end) => {
    native.setAttribute('gen_ai.response.id', 'its own');
    end({ responseId: 'ours' });
    // A guess that is written when the application has read the stream.
    native.setAttribute('gen_ai.usage.input_tokens', 1);
    native.setStatus({ code: SpanStatusCode.OK });
    native.end();
  });
  const [span] = telemetry.spans();
  expect(told(telemetry)).toEqual([['native', 'ok', undefined]]);
  expect(span?.status.code).toBe(SpanStatusCode.OK);
  expect(span?.attributes).toMatchObject({
    'gen_ai.response.id': 'its own',
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 40,
    'tokenmeter.metered': true,
    'tokenmeter.feature': 'f',
    'tokenmeter.cost.total': 0.0003,
  });
});

test.for([
  { note: 'of another model', attributes: { ...NATIVE, 'gen_ai.request.model': 'x' } },
  { note: 'of an agent', attributes: { 'gen_ai.operation.name': 'invoke_agent' } },
])('a span $note is not joined', ({ attributes }) => {
  using telemetry = startTelemetry();
  runNative(telemetry, { attributes }, (native, end) => {
    end({});
    native.end();
  });
  expect(told(telemetry)).toEqual([
    ['chat claude-haiku-4-5', 'ok', undefined],
    ['native', undefined, undefined],
  ]);
});

test('only the last attempt is the native span; earlier failures have spans of their own', () => {
  using telemetry = startTelemetry();
  runNative(telemetry, {}, (native, end) => {
    end(FAILED);
    end(FAILED);
    end({});
    native.end();
  });
  runNative(telemetry, {}, (native, end) => {
    end(FAILED);
    native.setStatus({ code: SpanStatusCode.ERROR });
    native.end();
  });
  expect(told(telemetry)).toEqual([
    ['chat claude-haiku-4-5', 'error', 'E'],
    ['chat claude-haiku-4-5', 'error', 'E'],
    ['native', 'ok', undefined],
    ['native', 'error', 'E'],
  ]);
});

test('a native span that ends before its response was read waits for it, and keeps its time', () => {
  using telemetry = startTelemetry();
  runNative(telemetry, {}, (native, end) => {
    const claimed = claimNativeSpan(trace.setSpan(ROOT_CONTEXT, native), 'chat');
    native.end([1_900_000_000, 0]);
    expect(telemetry.spans()).toEqual([]);
    end({ outcome: 'aborted' });
    claimed?.release();
  });
  expect(told(telemetry)).toEqual([['native', 'aborted', undefined]]);
  expect(telemetry.spans()[0]?.endTime).toEqual([1_900_000_000, 0]);
});

test('a native span waits for a second at most', async () => {
  using telemetry = startTelemetry();
  runNative(telemetry, {}, (native) => {
    claimNativeSpan(trace.setSpan(ROOT_CONTEXT, native), 'chat');
    native.end();
  });
  await expect
    .poll(() => told(telemetry), { timeout: 60_000 })
    .toEqual([['native', undefined, undefined]]);
});

test('the span of the Anthropic SDK is brought up to the conventions', () => {
  using telemetry = startTelemetry();
  const attributes = { ...NATIVE, 'http.route': '/v1/messages' };
  runNative(telemetry, { attributes, scope: 'com.anthropic.sdk.typescript' }, (native, end) => {
    end({});
    native.setStatus({ code: SpanStatusCode.OK });
    native.end();
  });
  const [span] = telemetry.spans();
  expect([span?.name, span?.status.code]).toEqual(['chat claude-haiku-4-5', SpanStatusCode.UNSET]);
  expect(span?.attributes).not.toHaveProperty('http.route');
});

test('baggage fills allow-listed fields only, and never over withAttribution', () => {
  const baggage = propagation.createBaggage({
    tenant: { value: 't-1' },
    team: { value: 'from-baggage' },
    secret: { value: 's' },
    long: { value: 'x'.repeat(300) },
  });
  const from = propagation.setBaggage(context.active(), baggage);
  const fields = new Map([
    ['tenant', 'tenantId'],
    ['team', 'team'],
    ['long', 'feature'],
  ] as const);
  expect(ambientAttribution(from)).toEqual({});
  expect(ambientAttribution(from, fields)).toEqual({ tenantId: 't-1', team: 'from-baggage' });
  const inner = withAttribution({ team: 'own' }, () => ambientAttribution(from, fields));
  expect(inner).toEqual({ tenantId: 't-1', team: 'own' });
});
