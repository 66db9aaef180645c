import { followAiSdkFunctions } from './ai-sdk-function.ts';
import type { Guard } from './guard.ts';
import { startHttpTap } from './http-tap.ts';
import { startHttp2Tap } from './http2-tap.ts';
import type { OpenExchange } from './observed-request.ts';
import { requestToOrigin } from './request-to-origin.ts';
import type { StopTap } from './subscribe-channels.ts';
import { startUndiciTap } from './undici-tap.ts';

/** Starts every tap; `ask` is asked about every request that this process sends, where it finally goes. */
export function startTaps(ask: OpenExchange, guard: Guard): StopTap {
  const open: OpenExchange = (request) => ask(requestToOrigin(request));
  const stops = [
    startUndiciTap(open, guard),
    startHttpTap(open, guard),
    startHttp2Tap(open, guard),
    followAiSdkFunctions(guard),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
