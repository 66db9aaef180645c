import { general, tokenmeter } from '@tokenmeter/semconv';

/** Attribute values that the demo writes. */
export type OtlpValue = string | number | boolean;

/** Renders attributes as the OTLP/JSON list of key-value pairs; whole numbers become integers. */
export function renderAttributes(attributes: Readonly<Record<string, OtlpValue>>): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
  return JSON.stringify(pairs);
}

function anyValue(value: OtlpValue): Readonly<Record<string, OtlpValue>> {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Unix nanoseconds of whole milliseconds, as OTLP/JSON writes them. */
export function toUnixNano(epochMs: number): string {
  return `${Math.trunc(epochMs)}000000`;
}

/** Resource of the demo's application, shared by the running process and its seeded past. */
export const APPLICATION: Readonly<Record<string, string>> = {
  [general.serviceName]: 'helpdesk',
  [general.serviceVersion]: '1.0.0',
  [general.deploymentEnvironmentName]: 'demo',
};

/** Resource of the seeded past: the same application, another process, marked as made up. */
export function renderSeededResource(instanceId: string): string {
  const attributes = renderAttributes({
    ...APPLICATION,
    [general.serviceInstanceId]: instanceId,
    [tokenmeter.seeded]: true,
  });
  return `{"attributes":${attributes}}`;
}
