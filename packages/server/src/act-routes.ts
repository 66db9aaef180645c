import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncidentCommand } from '@tokenmeter/anomaly';
import type { IncidentDesk, LinkClaim } from '@tokenmeter/worker';
import { ACT_STYLE, renderActPage, renderDonePage, renderRefusalPage } from './act-page.ts';
import { readBody } from './read-body.ts';
import type { Respond } from './respond.ts';

/** What the pages behind signed links work with. */
export interface ActOptions {
  /** Undefined until a worker runs. */
  readonly desk: () => IncidentDesk | undefined;
  readonly clock: () => number;
}

const PREFIX = '/act/';
const STYLE_PATH = '/act/style.css';
const BODY_LIMIT = 16 * 1024;
const MINUTE_MS = 60_000;
const DEFAULT_MINUTES = 60;
const MOST_MINUTES = 30 * 1440;
/** As everywhere, but the form may be sent, here and nowhere else. */
const POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const INVALID =
  'This link is not valid, or older than a week. Open the page, or use: tokenmeter incidents list';

/** Whether a path belongs to a signed link. */
export function isActPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/**
 * Answers signed links. `GET` shows what would happen and changes nothing, because mail scanners and chat previews open
 * links; only the form on that page acts. The signature is the right to act, so neither `Host` nor `Origin` matter.
 */
export function createActRespond({ desk, clock }: ActOptions): Respond {
  return async (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (path === STYLE_PATH) {
      send(response, 200, { type: 'text/css; charset=utf-8', body: ACT_STYLE });
      return;
    }
    const open = desk();
    if (open === undefined) {
      refuse(response, 503, 'The worker is starting: try again in a moment.');
      return;
    }
    const claim = open.readLink(decodeToken(path), clock());
    if (claim === undefined) {
      refuse(response, 403, INVALID);
      return;
    }
    if (request.method === 'GET' || request.method === 'HEAD') ask(response, open, claim);
    else if (request.method === 'POST') await act(request, response, { open, claim, clock });
    else refuse(response, 405, 'Only GET and POST are understood here.');
  };
}

function ask(response: ServerResponse, open: IncidentDesk, claim: LinkClaim): void {
  const incident = open.show(claim.incidentId);
  if (incident === undefined) refuse(response, 404, 'The incident is no longer kept.');
  else sendHtml(response, 200, renderActPage(claim, incident));
}

async function act(
  request: IncomingMessage,
  response: ServerResponse,
  {
    open,
    claim,
    clock,
  }: { readonly open: IncidentDesk; readonly claim: LinkClaim; readonly clock: () => number },
): Promise<void> {
  const read = await readBody(request, BODY_LIMIT);
  if (!read.ok) {
    refuse(response, read.status, read.problem);
    return;
  }
  const form = new URLSearchParams(read.body.toString('utf8'));
  const answer = open.act(claim.incidentId, commandOf(claim, form, clock()));
  if (answer.ok) sendHtml(response, 200, renderDonePage(claim, answer.incident));
  else refuse(response, answer.kind === 'refused' ? 409 : 404, answer.problem);
}

function commandOf(claim: LinkClaim, form: URLSearchParams, epochMs: number): IncidentCommand {
  const actor = form.get('actor')?.trim().slice(0, 100) || 'signed link';
  const by = { epochMs, actor };
  switch (claim.action) {
    case 'acknowledge': {
      const cause = form.get('cause')?.trim().slice(0, 500);
      return { kind: 'acknowledge', ...by, ...(cause ? { cause } : {}) };
    }
    case 'snooze': {
      const asked = Number(form.get('minutes') ?? DEFAULT_MINUTES);
      const minutes = asked > 0 && asked <= MOST_MINUTES ? asked : DEFAULT_MINUTES;
      return { kind: 'snooze', ...by, untilEpochMs: epochMs + minutes * MINUTE_MS };
    }
    case 'expected':
      return { kind: 'expected', ...by };
    default:
      return claim.action satisfies never;
  }
}

function decodeToken(path: string): string {
  try {
    return decodeURIComponent(path.slice(PREFIX.length));
  } catch {
    return '';
  }
}

function refuse(response: ServerResponse, status: number, problem: string): void {
  sendHtml(response, status, renderRefusalPage(problem));
}

function sendHtml(response: ServerResponse, status: number, body: string): void {
  send(response, status, { type: 'text/html; charset=utf-8', body });
}

function send(
  response: ServerResponse,
  status: number,
  { type, body }: { readonly type: string; readonly body: string },
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': POLICY,
    'cache-control': 'no-store',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
