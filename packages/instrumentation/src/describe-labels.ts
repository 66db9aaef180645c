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

/** The given attributes without the undefined ones: absent is not the same as empty. */
export function definedAttributes(attributes: Attributes): Attributes {
  const defined: Attributes = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) defined[key] = value;
  }
  return defined;
}
