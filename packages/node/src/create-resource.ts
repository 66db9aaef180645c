import { randomUUID } from 'node:crypto';
import type { Resource } from '@opentelemetry/resources';
import { general } from '@tokenmeter/semconv';
import { loadResources } from './load-sdk.ts';

/** Version of this distribution; a test compares it with `package.json`. */
export const DISTRO_VERSION = '0.1.0';

/**
 * Describes this process: `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`, the distribution, and a
 * `service.instance.id` that is a new random UUID at every start unless the user set one. Without it two replicas, or a
 * restart, could not be told apart, and no store could compute exact deltas.
 *
 * Neither the command line nor host details are recorded: arguments may hold secrets.
 */
export function createResource(): Resource {
  const resources = loadResources();
  const user = resources.detectResources({ detectors: [resources.envDetector] });
  return resources
    .defaultResource()
    .merge(
      resources.resourceFromAttributes({
        // The SDK takes the path that the program was called by, which differs from one machine to the next.
        [general.serviceName]: `unknown_service:${process.argv0.split(/[\\/]/).at(-1)}`,
        [general.serviceInstanceId]: randomUUID(),
        [general.telemetryDistroName]: 'tokenmeter',
        [general.telemetryDistroVersion]: DISTRO_VERSION,
      }),
    )
    .merge(user);
}
