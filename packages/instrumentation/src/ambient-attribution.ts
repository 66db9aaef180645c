import { type Context, createContextKey, propagation, SpanKind, trace } from '@opentelemetry/api';
import { present } from '@tokenmeter/core';
import { general } from '@tokenmeter/semconv';
import { activeFunctionId } from './ai-sdk-function.ts';
import { type Attribution, currentAttribution } from './attribution.ts';
import { fieldOf } from './field-of.ts';

/** The key under which OpenTelemetry's HTTP server instrumentations share the matched route (`@opentelemetry/core`). */
const RPC_METADATA_KEY = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA');

/** Longest baggage value that is taken over. */
const LONGEST_VALUE = 256;

/** Attribution fields by the baggage key that may fill them. */
export type BaggageFields = ReadonlyMap<string, keyof Attribution>;

/**
 * The attribution of a call made in a context.
 *
 * What `withAttribution` said wins; then allow-listed inbound baggage; then, for the feature, the `functionId` that the
 * AI SDK was given; then, for the route, `http.route` of the active server span.
 */
export function ambientAttribution(from: Context, baggageFields?: BaggageFields): Attribution {
  const own = currentAttribution(from);
  const inherited = baggageAttribution(from, baggageFields);
  const route = own.route ?? inherited?.route ?? activeRoute(from);
  const feature = own.feature ?? inherited?.feature ?? activeFunctionId();
  // Most calls add nothing to what is there.
  if (inherited === undefined && route === own.route && feature === own.feature) return own;
  return present({ ...inherited, ...own, route, feature });
}

function baggageAttribution(
  from: Context,
  fields: BaggageFields | undefined,
): Attribution | undefined {
  const baggage = fields === undefined ? undefined : propagation.getBaggage(from);
  if (fields === undefined || baggage === undefined) return undefined;
  const found: { -readonly [K in keyof Attribution]?: string } = {};
  for (const [key, field] of fields) {
    const value = baggage.getEntry(key)?.value;
    if (value !== undefined && value !== '' && value.length <= LONGEST_VALUE) found[field] = value;
  }
  return found;
}

function activeRoute(from: Context): string | undefined {
  const metadata = from.getValue(RPC_METADATA_KEY);
  const route = fieldOf(metadata, 'route') ?? spanRoute(fieldOf(metadata, 'span'));
  if (typeof route === 'string' && route !== '') return route;
  const span = trace.getSpan(from);
  // Client spans of SDKs have the provider's path there.
  const active = fieldOf(span, 'kind') === SpanKind.CLIENT ? undefined : spanRoute(span);
  return typeof active === 'string' && active !== '' ? active : undefined;
}

/** SDK spans expose their attributes; API spans do not, which is fine. */
function spanRoute(span: unknown): unknown {
  return fieldOf(fieldOf(span, 'attributes'), general.httpRoute);
}
