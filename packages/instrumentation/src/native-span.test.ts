import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { CallRecord } from '@tokenmeter/core';
import { expect, test } from 'vitest';
import { activeMeter } from './active-meter.ts';
import { ambientAttribution } from './ambient-attribution.ts';
import { withAttribution } from './attribution.ts';
import { claimNativeSpan } from './native-span.ts';
import { startTelemetry } from './telemetry.test-kit.ts';

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

test.for([
  { note: 'the same call is joined', attributes: NATIVE, outcome: 'ok', spans: 1, joined: true },
  {
    note: 'another model is not',
    attributes: { ...NATIVE, 'gen_ai.request.model': 'x' },
    outcome: 'ok',
    spans: 2,
    joined: false,
  },
  {
    note: 'a failed attempt is not',
    attributes: NATIVE,
    outcome: 'error',
    spans: 2,
    joined: false,
  },
  {
    note: 'an agent span is not',
    attributes: { 'gen_ai.operation.name': 'invoke_agent' },
    outcome: 'ok',
    spans: 2,
    joined: false,
  },
] as const)('a native span: $note', ({ attributes, outcome, spans, joined }) => {
  using telemetry = startTelemetry();
  const native = telemetry.tracerProvider.getTracer('native').startSpan('native', { attributes });
  const parent = trace.setSpan(ROOT_CONTEXT, native);
  const claimed = claimNativeSpan(parent, 'chat');
  activeMeter()?.meter({ ...RECORD, outcome }, { feature: 'f' }, { parent, native: claimed });
  native.end();
  expect(telemetry.spans()).toHaveLength(spans);
  const written = telemetry.spans().find(({ name }) => name === 'native')?.attributes ?? {};
  expect(written['tokenmeter.feature']).toBe(joined ? 'f' : undefined);
  expect(written['tokenmeter.cost.total'] === undefined).toBe(!joined);
  if (joined)
    expect(written).toMatchObject({ 'gen_ai.usage.output_tokens': 41, 'tokenmeter.metered': true });
});

test('a native span that ended before our record leaves the call its own span', () => {
  using telemetry = startTelemetry();
  const native = telemetry.tracerProvider
    .getTracer('n')
    .startSpan('native', { attributes: NATIVE });
  const parent = trace.setSpan(ROOT_CONTEXT, native);
  const claimed = claimNativeSpan(parent, 'chat');
  native.end();
  activeMeter()?.meter(RECORD, {}, { parent, native: claimed });
  expect(telemetry.spans().map(({ name }) => name)).toEqual(['native', 'chat claude-haiku-4-5']);
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
