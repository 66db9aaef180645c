import type { UsageMinute } from '@tokenmeter/anomaly';

/** What a minute says of prompt versions and of users. */
export type UsageParts = Pick<UsageMinute, 'byPromptVersion' | 'byUser'>;

type Parts<T> = Readonly<Record<string, T>> | undefined;

/** The parts of two minutes together. */
export function sumParts(a: UsageParts, b: UsageParts): UsageParts {
  return present(
    merged(a.byPromptVersion, b.byPromptVersion, (x, y) => ({
      pricedCalls: x.pricedCalls + y.pricedCalls,
      costUsd: x.costUsd + y.costUsd,
    })),
    merged(a.byUser, b.byUser, (x, y) => ({
      calls: x.calls + y.calls,
      costUsd: x.costUsd + y.costUsd,
    })),
  );
}

/** One of so many equal pieces of them. */
export function shareParts({ byPromptVersion, byUser }: UsageParts, pieces: number): UsageParts {
  return present(
    mapped(byPromptVersion, ({ pricedCalls, costUsd }) => ({
      pricedCalls: pricedCalls / pieces,
      costUsd: costUsd / pieces,
    })),
    mapped(byUser, ({ calls, costUsd }) => ({ calls: calls / pieces, costUsd: costUsd / pieces })),
  );
}

function present(
  byPromptVersion: UsageParts['byPromptVersion'] | undefined,
  byUser: UsageParts['byUser'] | undefined,
): UsageParts {
  return {
    ...(byPromptVersion !== undefined && { byPromptVersion }),
    ...(byUser !== undefined && { byUser }),
  };
}

function merged<T>(a: Parts<T>, b: Parts<T>, add: (x: T, y: T) => T): Parts<T> {
  if (a === undefined || b === undefined) return a ?? b;
  // A name may be any text, `__proto__` too.
  const parts = new Map(Object.entries(a));
  for (const [name, part] of Object.entries(b)) {
    const known = parts.get(name);
    parts.set(name, known === undefined ? part : add(known, part));
  }
  return Object.fromEntries(parts);
}

function mapped<T>(parts: Parts<T>, change: (part: T) => T): Parts<T> {
  if (parts === undefined) return undefined;
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, change(part)]));
}
