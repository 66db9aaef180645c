export { type ActiveMeter, activeMeter, type SpanPlace } from './active-meter.ts';
export type { BaggageFields } from './ambient-attribution.ts';
export { DEFAULT_ATTRIBUTE_CAP } from './attribute-caps.ts';
export { type Attribution, currentAttribution, withAttribution } from './attribution.ts';
export type { MeteredCall } from './call-sink.ts';
export {
  type CallDescription,
  type DescribeContext,
  describeCall,
  type Measure,
} from './describe-call.ts';
export type { BoundValue } from './describe-labels.ts';
export type { SpanDescription } from './describe-span.ts';
export { type ManualCall, meterCall } from './meter-call.ts';
export { createMetering, type Metering } from './metering.ts';
export type { CostCompat, DescribeOptions, SemconvMode } from './options.ts';
export { type Env, type EnvConfig, type ParsedConfig, parseConfig } from './parse-config.ts';
export { collectAttributes, type PutAttribute } from './put-attribute.ts';
export type { TelemetryWriter } from './telemetry-writer.ts';
export type { TokenmeterConfig } from './tokenmeter-config.ts';
export { TokenmeterInstrumentation } from './tokenmeter-instrumentation.ts';
export { type Fetch, type WrapFetchOptions, wrapFetch } from './wrap-fetch.ts';
