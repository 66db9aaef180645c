import { parseOtlpHeaders } from './otlp-headers.ts';

/** A signal that is exported. */
export type OtlpSignal = 'traces' | 'metrics';

/** Where and how one signal is sent over OTLP/HTTP. */
export interface OtlpSettings {
  readonly url: URL;
  readonly encoding: 'protobuf' | 'json';
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for one export, its retries included. */
  readonly timeoutMs: number;
  readonly compression: 'none' | 'gzip';
  /** Paths of PEM files; absent ones use the system's trust. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** Settings, or the reason why this signal cannot be sent by us. */
export type ParsedOtlp =
  | { readonly kind: 'http'; readonly settings: OtlpSettings }
  | { readonly kind: 'grpc' }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Tells whether there is a file under a path, and it may be read. */
export type IsReadable = (path: string) => boolean;

const DEFAULT_ENDPOINT = 'http://127.0.0.1:4318';
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Reads `OTEL_EXPORTER_OTLP_*` for one signal, its own variables before the general ones.
 *
 * Defaults, also for words that are none: http/protobuf to http://127.0.0.1:4318/v1/{signal}, 10 s, no compression. Files
 * that cannot be read are left out. Never throws.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/ (checked 2026-11-20)
 */
export function parseOtlpSettings(
  env: Env,
  signal: OtlpSignal,
  isReadable: IsReadable,
): ParsedOtlp {
  const read = (name: string): string | undefined =>
    textOf(env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`]) ??
    textOf(env[`OTEL_EXPORTER_OTLP_${name}`]);
  const readable = (path: string | undefined): string | undefined =>
    path === undefined || isReadable(path) ? path : undefined;
  const protocol = read('PROTOCOL')?.toLowerCase();
  if (protocol === 'grpc') return { kind: 'grpc' };
  const url = endpointOf(env, signal);
  if (url === undefined) {
    return { kind: 'invalid', problem: 'OTEL_EXPORTER_OTLP_ENDPOINT is not an http(s) URL' };
  }
  const timeoutMs = Number(read('TIMEOUT'));
  return {
    kind: 'http',
    settings: {
      url,
      encoding: protocol === 'http/json' ? 'json' : 'protobuf',
      headers: {
        ...parseOtlpHeaders(env.OTEL_EXPORTER_OTLP_HEADERS).headers,
        ...parseOtlpHeaders(env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`]).headers,
      },
      timeoutMs: Number.isFinite(timeoutMs) && timeoutMs > 0 ? timeoutMs : DEFAULT_TIMEOUT_MS,
      compression: read('COMPRESSION')?.toLowerCase() === 'gzip' ? 'gzip' : 'none',
      ...file('caFile', readable(read('CERTIFICATE'))),
      ...file('certFile', readable(read('CLIENT_CERTIFICATE'))),
      ...file('keyFile', readable(read('CLIENT_KEY'))),
    },
  };
}

/** A signal's own endpoint is used as it is; the general one gets the signal's path. */
function endpointOf(env: Env, signal: OtlpSignal): URL | undefined {
  const own = textOf(env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`]);
  const general = textOf(env.OTEL_EXPORTER_OTLP_ENDPOINT) ?? DEFAULT_ENDPOINT;
  const text = own ?? `${general.replace(/\/+$/, '')}/v1/${signal}`;
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? url : undefined;
}

function file<K extends string>(key: K, path: string | undefined): { readonly [P in K]?: string } {
  const fields: { [P in K]?: string } = {};
  if (path !== undefined) fields[key] = path;
  return fields;
}

function textOf(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text === '' ? undefined : text;
}
