import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import type { Delivery, Notifier } from '../ports.ts';
import { type MailMessage, mailHandle, renderDigestMail, renderMail } from './email-message.ts';

/** A mail server and who is written to. */
export interface EmailOptions {
  readonly host: string;
  /** Default 587, or 465 with `security: 'tls'`. */
  readonly port?: number;
  /** `starttls` (default) sends nothing to a server without it. */
  readonly security?: 'starttls' | 'tls' | 'none';
  readonly user?: string;
  readonly password?: string;
  /** Address, with a name or without: `Tokenmeter <alerts@example.com>`. */
  readonly from: string;
  readonly to: readonly string[];
  readonly name?: string;
  readonly timeZone?: string;
  readonly timeoutSeconds?: number;
}

type Transport = ReturnType<typeof createSmtp>;

const TLS_PORT = 465;
const SUBMISSION_PORT = 587;
/** Words of nodemailer for a failure that time will not heal. */
const FINAL_CODES: ReadonlySet<string> = new Set(['EAUTH', 'EENVELOPE', 'EMESSAGE']);

/**
 * Creates the channel that sends mail by SMTP: text and HTML, one thread per incident. A mail that at least one address
 * took is delivered. 4xx answers and failures of the connection are for later; 5xx answers are final.
 *
 * Throws a TypeError for a sender that is no address.
 */
export function createEmailNotifier(options: EmailOptions): Notifier {
  const { name = 'email', timeZone = 'UTC' } = options;
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(options.from)?.[1];
  if (domain === undefined || /[\r\n]/.test([options.from, ...options.to].join(''))) {
    throw new TypeError(
      'expected mail addresses, the sender such as Tokenmeter <alerts@example.com>',
    );
  }
  return {
    name,
    send: async (notice, signal, handle) => {
      const message = renderMail(notice, { domain, timeZone, handle });
      const delivery = await deliver(message, options, signal);
      if (delivery.outcome !== 'delivered') return delivery;
      return { outcome: 'delivered', handle: mailHandle(message, handle) };
    },
    sendDigest: (digest, signal) =>
      deliver(renderDigestMail(digest, { domain, timeZone }), options, signal),
  };
}

async function deliver(
  message: MailMessage,
  options: EmailOptions,
  signal: AbortSignal,
): Promise<Delivery> {
  const timeout = AbortSignal.timeout((options.timeoutSeconds ?? 20) * 1000);
  const either = AbortSignal.any([signal, timeout]);
  if (either.aborted) return { outcome: 'retry', reason: 'aborted' };
  const transport = createSmtp(options, either);
  try {
    return await Promise.race([sendMail(transport, message, options), untilAborted(either)]);
  } finally {
    transport.close();
  }
}

function createSmtp(options: EmailOptions, signal: AbortSignal) {
  const { host, security = 'starttls', user, password } = options;
  const port = options.port ?? (security === 'tls' ? TLS_PORT : SUBMISSION_PORT);
  const timeoutMs = (options.timeoutSeconds ?? 20) * 1000;
  return createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    getSocket: (_, done) => {
      // Ours, so that giving up ends the connection at once; nodemailer starts TLS on it.
      const socket = connect({ host, port, signal });
      socket.once('error', done);
      socket.once('connect', () => {
        socket.off('error', done);
        done(null, { connection: socket });
      });
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

async function sendMail(
  transport: Transport,
  { priority, references, headers, ...message }: MailMessage,
  { from, to }: EmailOptions,
): Promise<Delivery> {
  try {
    await transport.sendMail({
      from,
      to: [...to],
      ...message,
      priority,
      headers: { ...headers },
      ...(references === undefined ? {} : { references: [...references] }),
    });
    return { outcome: 'delivered' };
  } catch (error) {
    return judgeFailure(error);
  }
}

function judgeFailure(error: unknown): Delivery {
  const { code, responseCode } = detailsOf(error);
  if (responseCode !== undefined && responseCode >= 400) {
    const reason = `mail server answered ${responseCode}`;
    return { outcome: responseCode >= 500 ? 'refused' : 'retry', reason };
  }
  const reason = `mail failed${code === undefined ? '' : ` (${code})`}`;
  return { outcome: code !== undefined && FINAL_CODES.has(code) ? 'refused' : 'retry', reason };
}

function detailsOf(error: unknown): { readonly code?: string; readonly responseCode?: number } {
  if (typeof error !== 'object' || error === null) return {};
  return {
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('responseCode' in error && typeof error.responseCode === 'number'
      ? { responseCode: error.responseCode }
      : {}),
  };
}

function untilAborted(signal: AbortSignal): Promise<Delivery> {
  return new Promise((resolve) => {
    const give = (): void => resolve({ outcome: 'retry', reason: 'no answer in time' });
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
