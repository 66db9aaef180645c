// What a distribution needs before the first call: taps and configuration, without decoders, prices and OpenTelemetry.
export { claimMetering } from './active-meter.ts';
export { createGuard, type Guard } from './guard.ts';
export type { Metering } from './metering.ts';
export type { OpenExchange } from './observed-request.ts';
export { type EnvConfig, parseConfig } from './parse-config.ts';
export { collectAttributes, type PutAttribute } from './put-attribute.ts';
export { recognises } from './recognises.ts';
export { findHiddenTraffic } from './self-test.ts';
export { startTaps } from './start-taps.ts';
export { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION } from './version.ts';
