import type { Attributes } from '@opentelemetry/api';
import type { CallRecord } from '@tokenmeter/core';
import type { PricedCall } from '@tokenmeter/pricing';
import type { MetricSpec } from '@tokenmeter/semconv';
import type { Attribution } from './attribution.ts';
import { type BoundValue, describeLabels } from './describe-labels.ts';
import { describeSpan, type SpanDescription } from './describe-span.ts';
import type { CallLabels, LabelSets } from './label-sets.ts';
import { measureConventions } from './measure-conventions.ts';
import { measureMoney } from './measure-money.ts';
import type { DescribeOptions } from './options.ts';

/** Takes one measurement. */
export type Measure = (spec: MetricSpec, value: number, attributes: Attributes) => void;

/** Everything that is emitted for one call. */
export interface CallDescription {
  readonly span: SpanDescription;
  /** Tells every measurement of the call, one by one. */
  readonly measure: (measure: Measure) => void;
}

/**
 * Describes one call as a span and measurements.
 *
 * `bound` replaces attribute values beyond the cap on distinct values; spans keep the real ones. The cost points of a
 * priced call sum to its total; an unpriced call has none. Never throws.
 */
export function describeCall(
  record: CallRecord,
  priced: PricedCall,
  { attribution, options, bound, labelSets }: DescribeContext,
): CallDescription {
  const create = (): CallLabels => {
    const made = describeLabels(record, attribution, options);
    return { labels: made, bounded: bound === undefined ? made : bound(made) };
  };
  const { labels, bounded } =
    labelSets === undefined ? create() : labelSets(record, attribution, create);
  return {
    span: describeSpan(record, priced, { attribution, options, labels }),
    measure: (measure) => {
      measureMoney(record, priced, { labels: bounded, measure });
      measureConventions(record, { labels: bounded, mode: options.semconv, measure, bound });
    },
  };
}

/** What a description depends on beside the call itself. */
export interface DescribeContext {
  readonly attribution: Attribution;
  readonly options: DescribeOptions;
  readonly bound?: BoundValue;
  /** Remembers labels from call to call; without it every call makes its own. One memory for one set of options. */
  readonly labelSets?: LabelSets;
}
