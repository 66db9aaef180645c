import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { type Alert, readAlert } from './alert.ts';

/** A receiver of signed webhooks on a free port of 127.0.0.1. */
export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string;
  /** Secret to sign with, `whsec_` and base64. */
  readonly secret: string;
  /** Deliveries whose signature did not verify, or that were no alert. */
  refused(): number;
}

const SECRET_BYTES = 32;
const MAX_BODY_CHARACTERS = 1_000_000;

/** Starts a receiver that checks every signature and reports each alert with a good one. */
export async function startWebhookReceiver(
  onAlert: (alert: Alert) => void,
): Promise<WebhookReceiver> {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  const webhook = new Webhook(secret);
  let refused = 0;
  const server = createServer((request, response) => {
    void receive(request, webhook).then((alert) => {
      if (alert === undefined) refused += 1;
      answer(response, alert === undefined ? 401 : 204);
      if (alert !== undefined) onAlert(alert);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/alerts`,
    secret,
    refused: () => refused,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function receive(request: IncomingMessage, webhook: Webhook): Promise<Alert | undefined> {
  try {
    let body = '';
    request.setEncoding('utf8');
    for await (const chunk of request) {
      body += String(chunk);
      if (body.length > MAX_BODY_CHARACTERS) return undefined;
    }
    return readAlert(webhook.verify(body, headersOf(request)));
  } catch {
    return undefined;
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  return Object.fromEntries(names.map((name) => [name, String(request.headers[name] ?? '')]));
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status);
  response.end();
}
