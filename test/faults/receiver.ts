import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** How a receiver treats one request. */
export type Answer =
  | { readonly kind: 'accept' }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Record<string, string> }
  /** Takes it, and never answers. */
  | { readonly kind: 'hang' }
  /** Takes it, and breaks the connection. */
  | { readonly kind: 'reset' };

/** A webhook receiver whose answers a test chooses. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** Keys of all requests whose signature was right, in the order in which they came. */
  readonly seen: readonly string[];
  /** Keys of those that were answered with 2xx. */
  readonly accepted: readonly string[];
  /** Decides on each request; all are accepted without it. */
  answer: (count: number) => Answer;
}

/** Starts a receiver on loopback that verifies what it gets. */
export async function startReceiver(secret: string): Promise<Receiver> {
  const seen: string[] = [];
  const accepted: string[] = [];
  const verifier = new Webhook(secret);
  const receiver = {
    url: '',
    seen,
    accepted,
    answer: (_count: number): Answer => ({ kind: 'accept' }),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((request, response) => {
    void readText(request).then((body) => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      verifier.verify(body, headers);
      const key = headers['webhook-id'] ?? '';
      seen.push(key);
      if (respond(response, receiver.answer(seen.length))) accepted.push(key);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  receiver.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/hook`;
  return receiver;
}

function respond(response: ServerResponse, answer: Answer): boolean {
  switch (answer.kind) {
    case 'accept':
      response.writeHead(204).end();
      return true;
    case 'status':
      response.writeHead(answer.status, answer.headers).end();
      return answer.status < 300;
    case 'hang':
      return false;
    case 'reset':
      response.socket?.resetAndDestroy();
      return false;
    default:
      return answer satisfies never;
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk;
  return text;
}
