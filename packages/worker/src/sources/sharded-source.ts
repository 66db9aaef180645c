import type { MetricSource, UserQuery } from '../ports.ts';

/** One of several workers that share the services between them. `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Reads `2/8`; undefined for anything else. */
export function parseShard(text: string): Shard | undefined {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text.trim());
  const index = Number(match?.[1]);
  const count = Number(match?.[2]);
  return index >= 1 && index <= count ? { index, count } : undefined;
}

/**
 * Narrows a source to the services of a shard. Services go whole, by a hash of name and environment, so that every figure
 * of a service is judged in one place; the total of a sharded worker is that of its services.
 */
export function createShardedSource(source: MetricSource, shard: Shard): MetricSource {
  if (shard.count === 1) return source;
  const isOurs = createMembership(shard);
  const { readUserContributors } = source;
  return {
    name: source.name,
    ...(source.settleSeconds !== undefined && { settleSeconds: source.settleSeconds }),
    ...(source.isFinal !== undefined && { isFinal: source.isFinal }),
    ...(readUserContributors !== undefined && {
      readUserContributors: (query: UserQuery) => readUserContributors.call(source, query),
    }),
    async read(query) {
      const read = await source.read(query);
      if (!read.ok) return read;
      return {
        ...read,
        minutes: read.minutes.filter(({ labels }) => isOurs(labels.service, labels.environment)),
        ...(read.coverage !== undefined && {
          coverage: read.coverage.filter((one) => isOurs(one.service, one.environment)),
        }),
      };
    },
  };
}

function createMembership({
  index,
  count,
}: Shard): (service: string, environment: string | undefined) => boolean {
  const known = new Map<string, boolean>();
  return (service, environment) => {
    const key = `${service}\n${environment ?? ''}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const isOurs = hash(key) % count === index - 1;
    known.set(key, isOurs);
    return isOurs;
  };
}

/** FNV-1a over UTF-16 units with a final mix, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
