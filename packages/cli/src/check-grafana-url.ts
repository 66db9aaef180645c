import { CommandError } from './io.ts';

/** Throws unless a text is an address with `http` or `https`. */
export function checkGrafanaUrl(text: string): void {
  if (/^https?:\/\/[^/]/.test(text) && URL.canParse(text)) return;
  throw new CommandError(`--grafana-url must be an http:// or https:// address, got ${text}`, {
    hint: 'give the address that opens Grafana in a browser',
    exitCode: 2,
  });
}
