import { checkSlackBlocks } from './check-slack-blocks.ts';
import {
  createFake,
  demand,
  isObject,
  type Json,
  parseJson,
  RefusedMessage,
  readText,
  type VendorFake,
  type VendorRequest,
} from './vendor-fake.ts';

/** A message as an incoming webhook took it. */
export type SlackWebhookMessage = Json;

/** What a conversation shows: messages as they are now, with their threads. */
export interface SlackPosting {
  readonly ts: string;
  readonly threadTs: string | undefined;
  /** How often it was changed in place. */
  readonly updates: number;
  readonly message: Json;
}

/** A fake of Slack's Web API, for one token and one conversation. */
export interface SlackApiFake extends VendorFake<Json> {
  readonly postings: () => readonly SlackPosting[];
  /** Forgets a message, as when a person deletes it. */
  readonly remove: (ts: string) => void;
}

/** Creates a fake of an incoming webhook: `ok`, or 400 with a word. */
export function createSlackWebhookFake(): VendorFake<SlackWebhookMessage> {
  return createFake(
    (request) => ({ message: readMessage(request), answer: { status: 200, body: 'ok' } }),
    (words) => ({
      status: 400,
      body: words.startsWith('blocks') ? 'invalid_blocks' : 'invalid_payload',
    }),
  );
}

/**
 * Creates a fake of `chat.postMessage` and `chat.update`. As Slack does, it answers 200 also to what it refuses, with
 * `ok: false` and a word.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage (checked 2026-11-21)
 */
export function createSlackApiFake(options: {
  readonly token: string;
  readonly channel: string;
}): SlackApiFake {
  const postings = new Map<string, SlackPosting>();
  const { token, channel } = options;
  let count = 0;
  const judge = (request: VendorRequest) => {
    demand(request.headers.authorization === `Bearer ${token}`, 'invalid_auth');
    const message = readMessage(request);
    demand(message.channel === channel, 'channel_not_found');
    const method = request.path.split('/').at(-1);
    if (method === 'chat.update') return { message, answer: taken(update(message)) };
    demand(method === 'chat.postMessage', 'unknown_method');
    count += 1;
    const ts = `1790000000.${String(count).padStart(6, '0')}`;
    const threadTs = message.thread_ts === undefined ? undefined : String(message.thread_ts);
    demand(threadTs === undefined || postings.has(threadTs), 'thread_not_found');
    postings.set(ts, { ts, threadTs, updates: 0, message });
    return { message, answer: taken(ts) };
  };
  const update = (message: Json): string => {
    const posting = postings.get(String(message.ts));
    demand(posting !== undefined, 'message_not_found');
    postings.set(posting.ts, { ...posting, updates: posting.updates + 1, message });
    return posting.ts;
  };
  const taken = (ts: string) => json({ ok: true, channel, ts });
  const fake = createFake(judge, (words) => {
    const error = words.startsWith('blocks') ? 'invalid_blocks' : words;
    return json({ ok: false, error });
  });
  return {
    ...fake,
    postings: () => [...postings.values()],
    remove: (ts) => void postings.delete(ts),
  };
}

function json(value: unknown) {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status: 200, headers, body: JSON.stringify(value) };
}

function readMessage({ method, headers, body }: VendorRequest): Json {
  demand(method === 'POST', 'method_not_allowed');
  demand(/^application\/json/.test(headers['content-type'] ?? ''), 'invalid_form_data');
  const message = parseJson(body);
  if (!isObject(message)) throw new RefusedMessage('invalid_payload');
  readText(message.text, 'text', 40_000);
  if (message.blocks !== undefined) checkSlackBlocks(message.blocks);
  return message;
}
