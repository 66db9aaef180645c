import { createRequire } from 'node:module';
import type { Serialize } from './otlp-exporters.ts';

/** The OpenTelemetry SDK packages that we use. */
export interface LoadedSdk {
  readonly metrics: typeof import('@opentelemetry/sdk-metrics');
  readonly trace: typeof import('@opentelemetry/sdk-trace');
}

/** The serializers of `@opentelemetry/otlp-transformer`, by encoding and signal. */
export interface Serializers {
  readonly JsonMetricsSerializer: Serializer;
  readonly JsonTraceSerializer: Serializer;
  readonly ProtobufMetricsSerializer: Serializer;
  readonly ProtobufTraceSerializer: Serializer;
}

interface Serializer {
  // The SDK's own batch types; each serializer takes its signal's.
  serializeRequest(batch: unknown): Uint8Array | undefined;
}

// The CommonJS builds, synchronously: an ES module preload must not wait, and the ES builds would load `node:http` in a
// way that changes the protocol of npm's undici.
const require = createRequire(import.meta.url);

/** Loads the SDK. Throws when a package is missing, which is a broken installation. */
export function loadSdk(): LoadedSdk {
  return {
    metrics: require('@opentelemetry/sdk-metrics'),
    trace: loadTraceSdk(),
  };
}

/** Loads what describes a process. */
export function loadResources(): typeof import('@opentelemetry/resources') {
  return require('@opentelemetry/resources');
}

/** Loads the tracing SDK with its samplers. */
export function loadTraceSdk(): typeof import('@opentelemetry/sdk-trace') {
  return require('@opentelemetry/sdk-trace');
}

/** Loads the OTLP serializers. */
export function loadSerializers(): Serializers {
  return require('@opentelemetry/otlp-transformer');
}

/** A serializer as a plain function. */
export function serializeWith<T>(serializer: Serializer): Serialize<T> {
  return (batch) => serializer.serializeRequest(batch);
}
