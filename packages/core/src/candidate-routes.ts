import { ROUTES, type Route, routesOfIds } from './route-table.ts';

/** A path without its query and with its method's colon as such, and the routes that it may be. */
export interface RouteCandidates {
  readonly path: string;
  readonly routes: readonly Route[];
}

/** False for nearly all requests: what the path ends with belongs to no API that we know. */
export function hasCandidates(method: string, target: string): boolean {
  return tailRoutes(method, pathOf(target)).length > 0;
}

/** The routes of a request by its path; none for nearly all requests, at the price of one look-up. */
export function candidateRoutes(method: string, target: string): RouteCandidates {
  const path = pathOf(target);
  const routes = tailRoutes(method, path);
  if (routes.length === 0) return { path, routes };
  return {
    path,
    routes: routes.filter((one) => one.method === method && one.pattern.test(path)),
  };
}

function tailRoutes(method: string, path: string): readonly Route[] {
  const tail = path.slice(path.lastIndexOf('/') + 1);
  return ROUTES.get(tail.slice(tail.lastIndexOf(':') + 1)) ?? routesOfIds(method, path, tail);
}

function pathOf(target: string): string {
  const query = target.search(/[?#]/);
  const whole = query < 0 ? target : target.slice(0, query);
  const path = whole.endsWith('/') ? whole.slice(0, -1) : whole;
  // Some clients encode the colon before Google's methods (`models/gemini-2.5-flash%3AgenerateContent`).
  const tail = path.lastIndexOf('/') + 1;
  if (path.indexOf('%', tail) < 0) return path;
  return path.slice(0, tail) + path.slice(tail).replace(/%3a/gi, ':');
}
