import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signed link does, once somebody confirms it. */
export type LinkAction = 'acknowledge' | 'snooze' | 'expected';

/** What a link says. */
export interface LinkClaim {
  readonly action: LinkAction;
  readonly incidentId: string;
  readonly expiresEpochMs: number;
}

const ACTIONS: readonly LinkAction[] = ['acknowledge', 'snooze', 'expected'];

/** Signs a claim as text for a URL path: `<action>.<expiry>.<incident>.<HMAC-SHA256>`. Whoever has it can act on that incident. */
export function signLink(claim: LinkClaim, secret: string): string {
  const payload = [
    claim.action,
    Math.round(claim.expiresEpochMs / 1000).toString(36),
    claim.incidentId,
  ].join('.');
  return `${payload}.${macOf(payload, secret)}`;
}

/** Reads a signed text; undefined when it was not signed by us, or has expired. Takes the same time for any wrong signature. */
export function verifyLink(text: string, secret: string, epochMs: number): LinkClaim | undefined {
  const cut = text.lastIndexOf('.');
  const payload = text.slice(0, Math.max(0, cut));
  const given = Buffer.from(text.slice(cut + 1));
  const wanted = Buffer.from(macOf(payload, secret));
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  const [name, expiry = '', ...rest] = payload.split('.');
  const action = ACTIONS.find((one) => one === name);
  const expiresEpochMs = Number.parseInt(expiry, 36) * 1000;
  if (action === undefined || !(expiresEpochMs > epochMs)) return undefined;
  return { action, incidentId: rest.join('.'), expiresEpochMs };
}

function macOf(payload: string, secret: string): string {
  return createHmac('sha256', secret).update(payload).digest('base64url');
}
