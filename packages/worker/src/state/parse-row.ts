import type { Incident } from '@tokenmeter/anomaly';
import type { DeliveryHandle, Notice } from '../ports.ts';

/** Reads a JSON column; undefined when it is not what it should be. */
export function parseAs<T>(text: unknown, guard: (value: unknown) => value is T): T | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return guard(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Rows are written whole, by us: their outline tells enough. */
export function isIncident(value: unknown): value is Incident {
  if (!isObject(value) || !isObject(value.finding)) return false;
  const { finding } = value;
  if (!isObject(finding.labels) || !isObject(finding.expected)) return false;
  const texts = [value.id, value.key, value.state, value.severity, finding.rule];
  const numbers = [
    value.startedEpochMs,
    value.updatedEpochMs,
    value.lastFoundEpochMs,
    value.sequence,
  ];
  return (
    texts.every((one) => typeof one === 'string') &&
    numbers.every(Number.isFinite) &&
    Array.isArray(value.changesEpochMs)
  );
}

/** As `isIncident`, for notices of the outbox. */
export function isNotice(value: unknown): value is Notice {
  if (!isObject(value) || !isObject(value.finding) || !isObject(value.links)) return false;
  const texts = [
    value.idempotencyKey,
    value.incidentId,
    value.transition,
    value.severity,
    value.title,
    value.text,
  ];
  return texts.every((one) => typeof one === 'string') && Number.isFinite(value.epochMs);
}

/** What a channel gave back: texts by name. */
export function isHandle(value: unknown): value is DeliveryHandle {
  return isObject(value) && Object.values(value).every((one) => typeof one === 'string');
}

/** Any JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
