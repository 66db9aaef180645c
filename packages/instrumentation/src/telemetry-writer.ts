import type { Attributes, Context } from '@opentelemetry/api';
import type { MetricSpec } from '@tokenmeter/semconv';
import type { SpanDescription } from './describe-span.ts';

/**
 * Takes what was metered: measurements, and spans that are over.
 *
 * Attribute sets that repeat are mostly the same object, and nobody changes them: what is derived from one may be kept by
 * its identity.
 */
export interface TelemetryWriter {
  /** Adds to a counter, records one value of a histogram, or sets a gauge. */
  add(spec: MetricSpec, value: number, attributes: Attributes): void;
  /** Writes a span below the span that was active when the call was made; its own sampling decides whether. */
  span(description: SpanDescription, parent: Context): void;
}

/** Tells a writer from providers of the OpenTelemetry API. */
export function isTelemetryWriter(target: object | TelemetryWriter): target is TelemetryWriter {
  return 'add' in target && 'span' in target;
}
