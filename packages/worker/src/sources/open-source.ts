import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { MetricSource } from '../ports.ts';
import type { SecretReference, SourceSettings } from './parse-source-settings.ts';
import { createPromqlSource } from './promql-source.ts';
import type { TlsMaterial } from './send-request.ts';

/** What settings are resolved with. */
export interface OpenSourceOptions {
  readonly secret: (
    reference: SecretReference,
  ) =>
    | { readonly ok: true; readonly value: string }
    | { readonly ok: false; readonly problem: string };
  /** Folder that file names are relative to. */
  readonly folder: string;
  readonly clock?: () => number;
}

/** A source could not be set up. The message holds no secret. */
export class OpenSourceError extends Error {
  override readonly name = 'OpenSourceError';
}

/** Creates a source from its settings. Throws `OpenSourceError` for a secret or file that is not there. */
export async function openSource(
  settings: SourceSettings,
  options: OpenSourceOptions,
): Promise<MetricSource & Disposable> {
  const tls = await readTls(settings, options.folder);
  return createPromqlSource({
    name: settings.name,
    url: settings.url,
    headers: headersOf(settings, options),
    ...(tls !== undefined && { tls }),
    timeoutMs: settings.timeoutSeconds * 1000,
    lagSeconds: settings.lagSeconds,
    ...(options.clock !== undefined && { clock: options.clock }),
  });
}

function headersOf(settings: SourceSettings, options: OpenSourceOptions): Record<string, string> {
  const secret = (reference: SecretReference): string => {
    const found = options.secret(reference);
    if (found.ok) return found.value.trim();
    throw new OpenSourceError(`source ${settings.name}: ${found.problem}`);
  };
  const headers: Record<string, string> = {};
  const { bearerToken, basic } = settings;
  if (bearerToken !== undefined) headers.authorization = `Bearer ${secret(bearerToken)}`;
  if (basic !== undefined) {
    const pair = Buffer.from(`${basic.username}:${secret(basic.password)}`).toString('base64');
    headers.authorization = `Basic ${pair}`;
  }
  for (const [name, value] of Object.entries(settings.headers)) {
    headers[name.toLowerCase()] = typeof value === 'string' ? value : secret(value);
  }
  return headers;
}

async function readTls(settings: SourceSettings, folder: string): Promise<TlsMaterial | undefined> {
  const { tls } = settings;
  if (tls === undefined) return undefined;
  const read = async (name: string | undefined): Promise<string | undefined> => {
    if (name === undefined) return undefined;
    try {
      return await readFile(resolve(folder, name), 'utf8');
    } catch (error) {
      throw new OpenSourceError(`source ${settings.name}: cannot read ${name}`, { cause: error });
    }
  };
  const [ca, cert, key] = [
    await read(tls.caFile),
    await read(tls.certFile),
    await read(tls.keyFile),
  ];
  const material = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
  checkMaterial(settings, material);
  return { ...material, ...(tls.serverName !== undefined && { serverName: tls.serverName }) };
}

/** What cannot be used is said at the start, not by each connection: a file without a certificate trusts nobody. */
function checkMaterial({ name, tls }: SourceSettings, material: TlsMaterial): void {
  if (material.ca !== undefined && !material.ca.includes('-----BEGIN '))
    throw new OpenSourceError(`source ${name}: ${tls?.caFile} holds no PEM certificate`);
  try {
    createSecureContext(material);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    const problem = `its certificate files cannot be used${code}`;
    throw new OpenSourceError(`source ${name}: ${problem}`, { cause: error });
  }
}
