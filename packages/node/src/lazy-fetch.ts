type Fetch = typeof globalThis.fetch;

/**
 * Puts off `wrap` until a request may need it: one whose body asks for a stream. Every other one goes straight to `fetch`.
 */
export function lazyFetch(fetch: Fetch, wrap: (fetch: Fetch) => Fetch): Fetch {
  let wrapped: Fetch | undefined;
  const lazy = function (this: unknown, ...args: Parameters<Fetch>): ReturnType<Fetch> {
    if (wrapped === undefined && mayStream(args)) wrapped = wrapOrLeave(fetch, wrap);
    return Reflect.apply(wrapped ?? fetch, this, args);
  };
  Object.defineProperty(lazy, 'name', { value: fetch.name, configurable: true });
  Object.defineProperty(lazy, 'length', { value: fetch.length, configurable: true });
  return lazy;
}

function mayStream([, init]: Parameters<Fetch>): boolean {
  try {
    const body = init?.body;
    return typeof body === 'string' && body.includes('"stream"');
  } catch {
    return false;
  }
}

function wrapOrLeave(fetch: Fetch, wrap: (fetch: Fetch) => Fetch): Fetch {
  try {
    return wrap(fetch);
  } catch {
    return fetch;
  }
}
