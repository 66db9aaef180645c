import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiProblem } from './api.ts';

/** Answers one request. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** Answers with an `ApiProblem` and ends the connection. */
export function sendProblem(response: ServerResponse, status: number, problem: ApiProblem): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(problem));
}
