import type { Attributes } from '@opentelemetry/api';
import type { CallRecord } from '@tokenmeter/core';
import { genAi, general, tokenmeter } from '@tokenmeter/semconv';
import type { Attribution } from './attribution.ts';
import type { DescribeOptions } from './options.ts';

/** Replaces values beyond their cap; see `createAttributeCaps`. */
export type BoundValue = (labels: Attributes) => Attributes;

/** The attributes that every money counter of this call carries; absent ones are left out. */
export function describeLabels(
  record: CallRecord,
  attribution: Attribution,
  options: DescribeOptions,
): Attributes {
  return definedAttributes({
    [genAi.operationName]: record.operation,
    [genAi.providerName]: record.provider,
    [genAi.requestModel]: record.requestModel,
    [genAi.responseModel]: record.responseModel,
    [tokenmeter.feature]: attribution.feature ?? options.defaultFeature,
    [tokenmeter.team]: attribution.team ?? options.defaultTeam,
    [general.httpRoute]: attribution.route,
    [genAi.promptVersion]: attribution.promptVersion,
    [genAi.agentName]: attribution.agentName,
  });
}

/** A text that is the same for calls with the same labels, and differs for others. */
export function labelKey(
  { operation, provider, requestModel, responseModel }: CallRecord,
  { feature, team, route, promptVersion, agentName }: Attribution,
): string {
  const fields: (string | undefined)[] = [operation, provider, requestModel, responseModel];
  fields.push(feature, team, route, promptVersion, agentName);
  let key = '';
  // With its length before it, no value can pose as two.
  for (const field of fields) key += `${field?.length}:${field}`;
  return key;
}

/** The given attributes without the undefined ones, in one object; later ones win. Absent is not the same as empty. */
export function definedAttributes(...parts: readonly Attributes[]): Attributes {
  const defined: Attributes = {};
  for (const part of parts) {
    for (const key in part) {
      const value = part[key];
      if (value !== undefined) defined[key] = value;
    }
  }
  return defined;
}
