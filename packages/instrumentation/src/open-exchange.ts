import type { DeclaredHosts, Endpoint } from '@tokenmeter/core';
import { readEndpointHeaders } from '@tokenmeter/core/endpoints';
import { ambientAttribution, type BaggageFields } from './ambient-attribution.ts';
import type { CallSink } from './call-sink.ts';
import { isInference } from './is-inference.ts';
import { claimNativeSpan } from './native-span.ts';
import type { ObservedRequest, OpenExchange } from './observed-request.ts';
import type { OpenCalls } from './open-calls.ts';
import { CallRecorder } from './recorder.ts';
import { activeContext } from './registered-api.ts';
import { rememberEndpoints } from './remember-endpoints.ts';
import { ByteSightings, bytesUnobserved } from './self-test.ts';
import type { TokenmeterConfig } from './tokenmeter-config.ts';

/** What the gate takes into account. */
export interface OpenExchangeOptions {
  readonly declaredHosts?: DeclaredHosts | undefined;
  readonly baggageFields?: BaggageFields | undefined;
  /** Whether usage that providers do not report is estimated; false when absent. */
  readonly estimate?: boolean | undefined;
  /** Whether prompts, tools and answers are kept; false when absent. */
  readonly captureContent?: boolean | undefined;
  readonly redactContent?: TokenmeterConfig['redactContent'] | undefined;
  /** Is told of every call that begins and ends; nobody when absent. */
  readonly openCalls?: OpenCalls | undefined;
  /** Whether the time between chunks is kept; false when absent. */
  readonly chunkTimes?: boolean | undefined;
}

/**
 * Creates the gate that all taps ask: a recognised request gets a recorder that reports to the sink.
 *
 * Context and attribution are taken here, where the application's own context is still active; later events run in the
 * context of a socket.
 */
export function createOpenExchange(
  sink: CallSink,
  {
    declaredHosts,
    baggageFields,
    estimate = false,
    chunkTimes = false,
    captureContent = false,
    redactContent = (content) => content,
    openCalls,
  }: OpenExchangeOptions = {},
): OpenExchange {
  const match = rememberEndpoints(declaredHosts);
  const sightings = new ByteSightings();
  // What the closures of a call share must not lead to its request, and so to the whole transport, until it is counted.
  const openCall = (request: ObservedRequest): CallRecorder | undefined => {
    const matched = match(request);
    if (matched === undefined) return undefined;
    const endpoint = endpointOf(matched, request);
    sink.recognised();
    const active = activeContext();
    const attribution = ambientAttribution(active, baggageFields);
    const native = claimNativeSpan(active, endpoint.operation);
    const recorder: CallRecorder = new CallRecorder(endpoint, request, {
      guard: sink.guard,
      estimatesUsage: estimate,
      keepsChunkTimes: chunkTimes,
      // The conventions have places for the content of these.
      redactContent: captureContent && isInference(endpoint) ? redactContent : undefined,
      onRecord: (record) => sink.settle({ record, attribution, place: { parent: active, native } }),
      onProblem: (problem) => sink.problem(problem),
      onObserved: () => sightings.seen(),
      onUnobserved: (isPromised) => {
        if (!sightings.areHidden(isPromised)) return;
        sink.tellHidden(bytesUnobserved(globalThis.process?.versions.node));
      },
      schedule: (work) => {
        openCalls?.delete(recorder);
        // A span of somebody else is written to before it ends.
        if (native === undefined) sink.schedule(work);
        else work();
      },
    });
    openCalls?.add(recorder);
    return recorder;
  };
  return (request) => sink.guard('open', () => openCall(request));
}

function endpointOf(matched: Endpoint, request: ObservedRequest): Endpoint {
  return readEndpointHeaders(matched, (name) => request.header(name));
}
