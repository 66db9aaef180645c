import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createPagerDutyFake, createSlackApiFake, type VendorRequest } from '@tokenmeter/testkit';
import { SMTPServer } from 'smtp-server';

/** One message as a receiver took it. */
export interface Received {
  readonly channel: 'slack' | 'pagerduty' | 'mail';
  /** What happened: the first line that a person reads. */
  readonly headline: string;
}

/** Local stand-ins for Slack, PagerDuty and a mail server, which judge each message as the real ones would. */
export interface Standins extends AsyncDisposable {
  /** Base URL of Slack's and of PagerDuty's API. */
  readonly apiUrl: string;
  readonly smtpPort: number;
  readonly received: readonly Received[];
  /** Messages that the vendor would not have taken, with the reason. */
  refusals(): readonly string[];
}

/** Made up: they open nothing but the stand-ins. */
export const SLACK_TOKEN = 'xoxb-demo';
export const SLACK_CHANNEL = '#spend';
export const PAGERDUTY_KEY: string = 'demo'.repeat(8);

const MOST_CHARACTERS = 1_000_000;

/** Starts the stand-ins on free ports of 127.0.0.1 and reports each message as it comes. */
export async function startStandins(onMessage: (message: Received) => void): Promise<Standins> {
  const received: Received[] = [];
  const note = (message: Received): void => {
    received.push(message);
    onMessage(message);
  };
  const slack = createSlackApiFake({ token: SLACK_TOKEN, channel: SLACK_CHANNEL });
  const pagerduty = createPagerDutyFake(PAGERDUTY_KEY);
  const http = createServer((request, response) => {
    void readRequest(request).then(
      (read) => {
        const isPager = read.path.startsWith('/v2/');
        const fake = isPager ? pagerduty : slack;
        const before = fake.messages.length;
        const { status, headers, body } = fake.answer(read);
        response.writeHead(status, headers).end(body);
        const message = fake.messages.length > before ? fake.messages.at(-1) : undefined;
        if (message === undefined) return;
        note(isPager ? readEvent(message) : readPosting(message));
      },
      () => response.destroy(),
    );
  });
  const smtp = createMailServer((headline) => note({ channel: 'mail', headline }));
  http.listen(0, '127.0.0.1');
  smtp.listen(0, '127.0.0.1');
  await Promise.all([once(http, 'listening'), once(smtp.server, 'listening')]);
  return {
    apiUrl: `http://127.0.0.1:${portOf(http)}`,
    smtpPort: portOf(smtp.server),
    received,
    refusals: () => [...slack.refusals, ...pagerduty.refusals],
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await Promise.all([
        new Promise((resolve) => http.close(resolve)),
        new Promise<void>((resolve) => smtp.close(() => resolve())),
      ]);
    },
  };
}

function readEvent(event: Readonly<Record<string, unknown>>): Received {
  const summary: unknown = Reflect.get(Object(event.payload), 'summary');
  const headline = `${String(event.event_action)} ${summary === undefined ? String(event.dedup_key) : String(summary)}`;
  return { channel: 'pagerduty', headline };
}

/** A bot posts a message once, changes it in place, and says in its thread what happened. */
function readPosting(posting: Readonly<Record<string, unknown>>): Received {
  const text = String(posting.text);
  if (posting.ts !== undefined) return { channel: 'slack', headline: `changed in place: ${text}` };
  const isReply = posting.thread_ts !== undefined;
  return { channel: 'slack', headline: isReply ? `in its thread: ${text}` : text };
}

function createMailServer(onSubject: (subject: string) => void): SMTPServer {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    authOptional: true,
    onData: (stream, _session, done) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        if (text.length < MOST_CHARACTERS) text += chunk;
      });
      stream.on('end', () => {
        onSubject(subjectOf(text));
        done(null);
      });
    },
  });
  server.on('error', () => undefined);
  return server;
}

/** The subject line, with its continuation lines. */
function subjectOf(mail: string): string {
  const [, subject = ''] = /^Subject: (.*(?:\r?\n[ \t].*)*)/im.exec(mail) ?? [];
  return subject.replaceAll(/\r?\n[ \t]+/g, ' ');
}

async function readRequest(request: IncomingMessage): Promise<VendorRequest> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MOST_CHARACTERS) throw new RangeError('expected a smaller message');
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  return { method: request.method ?? '', path: request.url ?? '', headers, body };
}

function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
