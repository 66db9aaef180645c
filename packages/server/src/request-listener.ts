import type { IncomingMessage, ServerResponse } from 'node:http';
import { isOtlpPath, type OtlpReceiver } from './otlp-receiver.ts';
import { refusalOf, SECURITY_HEADERS } from './request-guard.ts';
import { type Respond, sendProblem } from './respond.ts';
import { runbookResponder } from './runbook-pages.ts';
import { readStaticFile } from './static-files.ts';

/** Who answers what. */
export interface Routes {
  readonly port: () => number;
  /** Address of a proxy before this server. */
  readonly publicUrl: string | undefined;
  readonly receive: OtlpReceiver;
  readonly api: Respond;
  /** Who answers paths whose requests carry a signature of their own; undefined for all other paths. */
  readonly signed: (path: string) => Respond | undefined;
  readonly staticDir: string | undefined;
}

async function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  { path, staticDir }: { path: string; staticDir: string | undefined },
): Promise<void> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const file =
    isRead && staticDir !== undefined ? await readStaticFile(staticDir, path) : undefined;
  if (file === undefined) {
    const hint =
      path === '/' ? { hint: 'the page is not built; the figures are under /api/v1' } : {};
    sendProblem(response, 404, { error: `there is nothing at ${path}`, ...hint });
    return;
  }
  response.writeHead(200, { ...file.headers, 'content-length': file.body.byteLength });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

/** Guards every request and passes it to who answers its path. */
export function createRequestListener(routes: Routes): Respond {
  return async (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    // They come under the address that people and PagerDuty know, which need not be ours.
    const open = routes.signed(path) ?? runbookResponder(path);
    if (open !== undefined) return open(request, response);
    const { method = 'GET', headers } = request;
    const refusal = refusalOf(
      { method, path, headers },
      { port: routes.port(), publicUrl: routes.publicUrl },
    );
    if (refusal !== undefined) {
      const { status, ...problem } = refusal;
      sendProblem(response, status, problem);
    } else if (isOtlpPath(path)) {
      await routes.receive(request, response);
    } else if (path === '/healthz' || path.startsWith('/api/')) {
      await routes.api(request, response);
    } else {
      await answerFile(request, response, { path, staticDir: routes.staticDir });
    }
  };
}
