import { general } from '@tokenmeter/semconv';

/** Datadog's own tags stand for these resource attributes; everything else keeps its name with dots. */
const RESERVED: Readonly<Record<string, string>> = {
  [general.serviceName]: 'service',
  [general.deploymentEnvironmentName]: 'env',
  [general.serviceVersion]: 'version',
};

/** The tag that an attribute becomes in Datadog's OTLP intake. */
export function datadogTag(attribute: string): string {
  return RESERVED[attribute] ?? attribute;
}
