import type { Delivery, Notice, NoticeDigest, Notifier } from '../ports.ts';
import { type AlertContent, describeAlert } from './describe-alert.ts';
import { renderDiscordDigest, renderDiscordMessage } from './discord-embed.ts';
import { parseHttpUrl } from './http-url.ts';
import { judgeStatus, post } from './post.ts';
import { renderTeamsDigest, renderTeamsMessage } from './teams-card.ts';

/** A workflow of Microsoft Teams or a webhook of Discord: its URL is its secret. */
export interface ChatOptions {
  readonly url: string;
  readonly name?: string;
  readonly timeZone?: string;
  readonly timeoutSeconds?: number;
  readonly isPrivateAllowed?: boolean;
}

/** How one kind of chat is written to. */
interface Dialect {
  readonly name: string;
  readonly minGapMs: number;
  readonly render: (notice: Notice, content: AlertContent) => unknown;
  readonly renderDigest: (digest: NoticeDigest, contents: readonly AlertContent[]) => unknown;
  /** A status that says that the address exists no more. */
  readonly goneStatus?: number;
  readonly adaptUrl?: (url: URL) => URL;
}

/** At most four requests a second. @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook (checked 2026-11-21) */
const TEAMS: Dialect = {
  name: 'teams',
  minGapMs: 250,
  render: (_, content) => renderTeamsMessage(content),
  renderDigest: renderTeamsDigest,
};

/** Five requests in two seconds per webhook; 404 is an unknown webhook. `wait` lets Discord answer what it thinks of the message. */
const DISCORD: Dialect = {
  name: 'discord',
  minGapMs: 400,
  render: renderDiscordMessage,
  renderDigest: renderDiscordDigest,
  goneStatus: 404,
  adaptUrl: (url) => {
    const adapted = new URL(url);
    adapted.searchParams.set('wait', 'true');
    return adapted;
  },
};

/**
 * Creates the channel that posts Adaptive Cards to a Teams workflow (trigger "When a Teams webhook request is
 * received"). Every transition is a card of its own, because a workflow answers with no message id.
 */
export function createTeamsNotifier(options: ChatOptions): Notifier {
  return createChatNotifier(TEAMS, options);
}

/**
 * Creates the channel that posts embeds to a webhook of Discord.
 *
 * @see https://discord.com/developers/docs/resources/webhook#execute-webhook (checked 2026-11-21)
 */
export function createDiscordNotifier(options: ChatOptions): Notifier {
  return createChatNotifier(DISCORD, options);
}

function createChatNotifier(dialect: Dialect, options: ChatOptions): Notifier {
  const { timeZone = 'UTC', timeoutSeconds = 15, name = dialect.name } = options;
  const parsed = parseHttpUrl(options.url, `${dialect.name} webhook`);
  const url = dialect.adaptUrl?.(parsed) ?? parsed;
  const deliver = async (message: unknown, signal: AbortSignal): Promise<Delivery> => {
    const result = await post({
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      signal,
      timeoutMs: timeoutSeconds * 1000,
      isPrivateAllowed: options.isPrivateAllowed ?? true,
    });
    if (result.isAnswered && result.status === dialect.goneStatus) {
      return { outcome: 'disabled', reason: `receiver is gone (${result.status})` };
    }
    return judgeStatus(result);
  };
  return {
    name,
    minGapMs: dialect.minGapMs,
    send: (notice, signal) =>
      deliver(dialect.render(notice, describeAlert(notice, timeZone)), signal),
    sendDigest: (digest, signal) => {
      const contents = digest.notices.map((notice) => describeAlert(notice, timeZone));
      return deliver(dialect.renderDigest(digest, contents), signal);
    },
  };
}
