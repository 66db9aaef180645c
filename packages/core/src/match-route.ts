import type { ApiName, OperationName } from './call-record.ts';

/** One path that a protocol understands. */
export interface Route {
  readonly api: ApiName;
  readonly operation: OperationName;
  readonly method: 'POST' | 'GET';
  /** What the path ends with. */
  readonly pattern: RegExp;
  /** Provider of hosts that no table names. */
  readonly provider: string;
  /** True when the path alone proves the API, whatever the host. */
  readonly isUnmistakable: boolean;
}

/** `/v1/…`, `/openai/v1/…`, `/v1beta/openai/…`, `/api/v1/…`, bare, or below an Azure deployment. */
const ROUTES: ReadonlyMap<string, readonly Route[]> = new Map([
  [
    'completions',
    [
      {
        api: 'openai.chat',
        operation: 'chat',
        method: 'POST',
        pattern: /\/chat\/completions$/,
        provider: 'openai',
        isUnmistakable: true,
      },
    ],
  ],
  [
    'responses',
    [
      {
        api: 'openai.responses',
        operation: 'chat',
        method: 'POST',
        pattern: /\/responses$/,
        provider: 'openai',
        isUnmistakable: false,
      },
    ],
  ],
  [
    'compact',
    [
      {
        api: 'openai.responses',
        operation: 'chat',
        method: 'POST',
        pattern: /\/responses\/compact$/,
        provider: 'openai',
        isUnmistakable: false,
      },
    ],
  ],
  [
    'messages',
    [
      {
        api: 'anthropic.messages',
        operation: 'chat',
        method: 'POST',
        pattern: /\/v1\/messages$/,
        provider: 'anthropic',
        isUnmistakable: false,
      },
    ],
  ],
]);

const RETRIEVAL: Route = {
  api: 'openai.responses',
  operation: 'fetch_response',
  method: 'GET',
  pattern: /\/responses\/[^/]+$/,
  provider: 'openai',
  isUnmistakable: false,
};

/** The route of a request and its path without query; undefined for nearly all requests. */
export function matchRoute(
  method: string,
  target: string,
): { readonly route: Route; readonly path: string } | undefined {
  if (method !== 'POST' && method !== 'GET') return undefined;
  const path = withoutQuery(target);
  const tail = path.slice(path.lastIndexOf('/') + 1);
  const candidates =
    ROUTES.get(tail) ?? (method === 'GET' && tail.startsWith('resp') ? [RETRIEVAL] : []);
  for (const route of candidates) {
    if (route.method === method && route.pattern.test(path)) return { route, path };
  }
  return undefined;
}

function withoutQuery(target: string): string {
  const query = target.search(/[?#]/);
  const path = query < 0 ? target : target.slice(0, query);
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
