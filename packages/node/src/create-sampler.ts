import type { Sampler } from '@opentelemetry/sdk-trace';
import type { Env } from './otlp-settings.ts';

type TraceSdk = typeof import('@opentelemetry/sdk-trace');

/**
 * Creates the sampler that `OTEL_TRACES_SAMPLER` and its argument name; undefined leaves the SDK's default
 * (`parentbased_always_on`), also for a name that is unknown. Metering does not depend on it.
 */
export function createSampler(env: Env, sdk: TraceSdk): Sampler | undefined {
  const ratio = (): Sampler => new sdk.TraceIdRatioBasedSampler(ratioOf(env));
  const parentBased = (root: Sampler): Sampler => new sdk.ParentBasedSampler({ root });
  switch (env.OTEL_TRACES_SAMPLER?.trim().toLowerCase()) {
    case 'always_on':
      return new sdk.AlwaysOnSampler();
    case 'always_off':
      return new sdk.AlwaysOffSampler();
    case 'traceidratio':
      return ratio();
    case 'parentbased_always_off':
      return parentBased(new sdk.AlwaysOffSampler());
    case 'parentbased_traceidratio':
      return parentBased(ratio());
    default:
      return undefined;
  }
}

function ratioOf(env: Env): number {
  const text = env.OTEL_TRACES_SAMPLER_ARG?.trim();
  const ratio = text === undefined || text === '' ? 1 : Number(text);
  return ratio >= 0 && ratio <= 1 ? ratio : 1;
}
