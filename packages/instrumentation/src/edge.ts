// What runs without Node: `wrapFetch` meters the calls made through it. No file behind this one imports a Node module.
export { type Attribution, currentAttribution, withAttribution } from './attribution.ts';
export type { MeteredCall } from './call-sink.ts';
export type { TokenmeterConfig } from './tokenmeter-config.ts';
export { type Fetch, type WrapFetchOptions, wrapFetch } from './wrap-fetch.ts';
