import { z } from 'zod';

/** A secret where it is kept: an environment variable or a file. */
export type SecretReference = { readonly env: string } | { readonly file: string };

/** A store that usage is read from, as configured; secrets are not yet resolved. */
export interface SourceSettings {
  /** Unique; the host of the URL without one. */
  readonly name: string;
  /** Any store with the query API of Prometheus. */
  readonly kind: 'prometheus';
  /** Without `/api/v1`. */
  readonly url: string;
  readonly bearerToken?: SecretReference | undefined;
  readonly basic?: { readonly username: string; readonly password: SecretReference } | undefined;
  /** Further request headers; a value is text or a secret. */
  readonly headers: Readonly<Record<string, string | SecretReference>>;
  readonly tls?:
    | {
        readonly caFile?: string | undefined;
        readonly certFile?: string | undefined;
        readonly keyFile?: string | undefined;
        readonly serverName?: string | undefined;
      }
    | undefined;
  readonly timeoutSeconds: number;
  /** How late a push may come. */
  readonly lagSeconds: number;
}

/** Something wrong with a section, and where. */
export interface SettingsProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Sources, or every problem of their section. */
export type ParsedSources =
  | { readonly ok: true; readonly sources: readonly SourceSettings[] }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

const SECRET = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
const FILE = z.string().min(1).optional();
const URL_TEXT = z.string().refine((text) => isPlainUrl(text), {
  message: 'must be an http or https URL without user, query and /api/v1',
});

const SOURCE = z.strictObject({
  name: z.string().min(1).optional(),
  kind: z.literal('prometheus').default('prometheus'),
  url: URL_TEXT,
  bearerToken: SECRET.optional(),
  basic: z.strictObject({ username: z.string().min(1), password: SECRET }).optional(),
  headers: z.record(z.string().regex(/^[\w-]+$/), z.union([z.string(), SECRET])).default({}),
  tls: z.strictObject({ caFile: FILE, certFile: FILE, keyFile: FILE, serverName: FILE }).optional(),
  timeoutSeconds: z.number().positive().max(600).default(30),
  lagSeconds: z.number().min(0).max(3600).default(120),
});

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, search, pathname } = new URL(text);
  const isHttp = protocol === 'http:' || protocol === 'https:';
  return isHttp && username === '' && search === '' && !/\/api\/v1(\/|$)/.test(pathname);
}

/** Parses the list of sources of a configuration. Never throws. */
export function parseSources(value: unknown): ParsedSources {
  const list = z.array(SOURCE).safeParse(value ?? []);
  if (!list.success) {
    const problems = list.error.issues.map(({ path, message }) => ({
      path: path.filter((part) => typeof part !== 'symbol'),
      message,
    }));
    return { ok: false, problems };
  }
  const sources = list.data.map((source) => ({
    ...source,
    name: source.name ?? new URL(source.url).host,
  }));
  const problems = sources.flatMap((source, index) => problemsOf(source, index, sources));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, sources };
}

function problemsOf(
  source: SourceSettings,
  index: number,
  all: readonly SourceSettings[],
): SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  if (all.findIndex((other) => other.name === source.name) < index) {
    problems.push({ path: [index, 'name'], message: `another source is called ${source.name}` });
  }
  if (source.bearerToken !== undefined && source.basic !== undefined) {
    problems.push({ path: [index, 'basic'], message: 'contradicts bearerToken: give one of them' });
  }
  if (source.tls?.certFile !== undefined && source.tls.keyFile === undefined) {
    problems.push({ path: [index, 'tls'], message: 'certFile needs keyFile' });
  }
  return problems;
}
