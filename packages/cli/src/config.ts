import { ENV } from '@tokenmeter/semconv';
import type { Io } from './io.ts';

/** Where alerts go besides standard output. */
interface AlertConfig {
  readonly webhook?: { readonly url: string; readonly secret: string };
}

/** A configuration, or every problem it has. */
export type ParsedAlertConfig =
  | { readonly ok: true; readonly config: AlertConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Reads the alert channels from the environment. Values of secrets are never part of a problem's text. */
export function parseAlertConfig(env: Io['env']): ParsedAlertConfig {
  const url = env[ENV.webhookUrl.name];
  const secret = env[ENV.webhookSecret.name];
  if (url === undefined || url === '') {
    return secret === undefined || secret === ''
      ? { ok: true, config: {} }
      : {
          ok: false,
          problems: [`${ENV.webhookSecret.name} is set but ${ENV.webhookUrl.name} is not`],
        };
  }
  const problems: string[] = [];
  if (!isHttpUrl(url)) problems.push(`${ENV.webhookUrl.name} must be an http or https URL`);
  if (secret === undefined || !/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret)) {
    problems.push(
      `${ENV.webhookSecret.name} must be whsec_ followed by at least 24 bytes in base64; make one with: echo "whsec_$(openssl rand -base64 32)"`,
    );
  }
  if (problems.length > 0 || secret === undefined) return { ok: false, problems };
  return { ok: true, config: { webhook: { url, secret } } };
}
