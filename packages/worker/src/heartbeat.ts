/** Whom to tell that the worker is alive. */
export interface HeartbeatOptions {
  /** As dead-man services give them; it may hold a token, so it is never logged. */
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly timeoutMs?: number;
  readonly fetch?: typeof globalThis.fetch;
}

/** Says once that the worker is alive; a text says why that failed. Never rejects. */
export async function sendHeartbeat(
  options: HeartbeatOptions,
  stop: AbortSignal,
): Promise<string | undefined> {
  const { url, method = 'GET', timeoutMs = 10_000, fetch = globalThis.fetch } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { method, signal: AbortSignal.any([stop, timeout]) });
    await response.body?.cancel();
    return response.ok ? undefined : `answered ${response.status}`;
  } catch {
    return timeout.aborted ? 'no answer in time' : 'connection failed';
  }
}
