import {
  type MetricSource,
  OpenSourceError,
  openSource,
  parseSources,
  type SourceSettings,
} from '@tokenmeter/worker';
import type { LoadedConfig } from './config/load-config.ts';
import { CommandError } from './io.ts';

/** The sources of a configuration. Throws a `CommandError` that lists every problem. */
export function readSources({ config }: LoadedConfig): readonly SourceSettings[] {
  const list = config.sources ?? (config.source === undefined ? [] : [config.source]);
  const parsed = parseSources(list);
  if (parsed.ok) return parsed.sources;
  const isOne = config.sources === undefined;
  const lines = parsed.problems.map(({ path, message }) => {
    const [index, ...keys] = path;
    const place = isOne ? ['source', ...keys] : [`sources[${index}]`, ...keys];
    return `${place.join('.')}: ${message}`;
  });
  throw new CommandError(lines.join('\n  '), { exitCode: 2 });
}

/** Opens one source with its secrets and certificates. Throws a `CommandError`. */
export async function openConfiguredSource(
  settings: SourceSettings,
  { folder, readSecret }: LoadedConfig,
): Promise<MetricSource & Disposable> {
  try {
    return await openSource(settings, { folder, secret: readSecret });
  } catch (error) {
    if (!(error instanceof OpenSourceError)) throw error;
    throw new CommandError(error.message, { exitCode: 2, cause: error });
  }
}
