import { type Context, createContextKey, trace } from '@opentelemetry/api';
import { general } from '@tokenmeter/semconv';
import { type Attribution, currentAttribution } from './attribution.ts';
import { fieldOf } from './field-of.ts';

/** The key under which OpenTelemetry's HTTP server instrumentations share the matched route (`@opentelemetry/core`). */
const RPC_METADATA_KEY = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA');

/**
 * The attribution of a call made in a context: what `withAttribution` said, with the active server span's `http.route`
 * when no route was given.
 */
export function ambientAttribution(from: Context): Attribution {
  const attribution = currentAttribution(from);
  if (attribution.route !== undefined) return attribution;
  const route = activeRoute(from);
  return route === undefined ? attribution : { ...attribution, route };
}

function activeRoute(from: Context): string | undefined {
  const metadata = from.getValue(RPC_METADATA_KEY);
  const route = fieldOf(metadata, 'route') ?? spanRoute(fieldOf(metadata, 'span'));
  if (typeof route === 'string' && route !== '') return route;
  const active = spanRoute(trace.getSpan(from));
  return typeof active === 'string' && active !== '' ? active : undefined;
}

/** SDK spans expose their attributes; API spans do not, which is fine. */
function spanRoute(span: unknown): unknown {
  return fieldOf(fieldOf(span, 'attributes'), general.httpRoute);
}
