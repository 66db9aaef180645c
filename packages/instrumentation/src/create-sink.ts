import { bundledPriceBook } from '@tokenmeter/pricing';
import { UNATTRIBUTED } from '@tokenmeter/semconv';
import { CallSink, globalProviders } from './call-sink.ts';
import type { EmitterProviders } from './emitter.ts';
import type { TelemetryWriter } from './telemetry-writer.ts';
import type { TokenmeterConfig } from './tokenmeter-config.ts';

/** Creates the sink that a configuration describes, with every default filled in. */
export function createSink(
  config: TokenmeterConfig & { readonly isBatched?: boolean },
  target: EmitterProviders | TelemetryWriter = globalProviders(),
): CallSink {
  const { priceBook, feature, team, semconv, costCompat, attributeCap, onCall } = config;
  const { userHashKey, warn } = config;
  return new CallSink(
    {
      priceBook:
        typeof priceBook === 'function' ? priceBook : () => priceBook ?? bundledPriceBook(),
      describe: {
        semconv: semconv ?? 'latest',
        costCompat: costCompat ?? 'none',
        defaultFeature: feature ?? UNATTRIBUTED,
        ...(team === undefined ? {} : { defaultTeam: team }),
        ...(userHashKey === undefined ? {} : { userHashKey }),
      },
      ...(attributeCap === undefined ? {} : { attributeCap }),
      ...(warn === undefined ? {} : { warn }),
      isBatched: config.isBatched === true,
      ...(onCall === undefined ? {} : { onCall }),
    },
    target,
  );
}
