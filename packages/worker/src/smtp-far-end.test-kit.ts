import { createServer } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { FarEnd } from './notifier.test-kit.ts';
import { createSelfSigned } from './self-signed.test-kit.ts';

/** A mail as it arrived. */
interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
}

/** A mail server on a free port of this machine. */
export interface SmtpFarEnd {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  readonly close: () => Promise<void>;
}

const TRICKLE_MS = 40;

/**
 * Starts a mail server of one behaviour; a status is the answer to the content.
 */
export async function startSmtpFarEnd(
  farEnd: FarEnd,
  login?: { readonly user: string; readonly password: string },
): Promise<SmtpFarEnd> {
  if (farEnd.kind !== 'accepts' && farEnd.kind !== 'answers' && farEnd.kind !== 'untrusted') {
    return startTcp(farEnd);
  }
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    ...(farEnd.kind === 'untrusted' ? createSelfSigned() : { disabledCommands: ['STARTTLS'] }),
    authOptional: login === undefined,
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) => {
      const isRight = auth.username === login?.user && auth.password === login?.password;
      done(isRight ? null : new Error('wrong password'), { user: auth.username });
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (farEnd.kind === 'answers') {
          done(Object.assign(new Error('hidden words'), { responseCode: farEnd.status }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const to = rcptTo.map(({ address }) => address);
        const raw = Buffer.concat(chunks).toString();
        void new PostalMime().parse(raw).then((mail) => {
          received.push({ from, to, raw, mail });
          done(null);
        });
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    port: portOf(server.server.address()),
    received,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

/** What is no mail server: it says nothing, resets, trickles, or speaks without the TLS that is asked of it. */
async function startTcp({ kind }: FarEnd): Promise<SmtpFarEnd> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (kind === 'drops') socket.resetAndDestroy();
    if (kind === 'wrong-tls') socket.end('220 no TLS here\r\n', () => socket.destroy());
    if (kind !== 'trickles') return;
    const timer = setInterval(() => socket.write('2'), TRICKLE_MS);
    socket.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    port: portOf(server.address()),
    received: [],
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
