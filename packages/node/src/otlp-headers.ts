/** Headers of `OTEL_EXPORTER_OTLP_HEADERS`, and whether they are all that it says. */
export interface OtlpHeaders {
  readonly headers: Readonly<Record<string, string>>;
  /** False when something in the text is no pair, or no header that HTTP allows; it is left out. */
  readonly isWhole: boolean;
}

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads `key=value,key=value` with percent-encoded values, as W3C baggage has it. Pure; never throws.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables and
 *   https://www.rfc-editor.org/rfc/rfc9110#section-5.5 (checked 2026-11-22)
 */
export function parseOtlpHeaders(text: string | undefined): OtlpHeaders {
  const headers: Record<string, string> = {};
  let isWhole = true;
  for (const pair of (text ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim();
    const value = decoded(pair.slice(at + 1).trim());
    if (NAME.test(name) && VALUE.test(value)) headers[name] = value;
    else isWhole = false;
  }
  return { headers, isWhole };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
