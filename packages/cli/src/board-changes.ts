import { isDeepStrictEqual } from 'node:util';

/** What Grafana itself keeps in a board. */
const THEIRS: ReadonlySet<string> = new Set(['id', 'version', 'iteration', 'preload']);

/** What would change in a board: a line for each part that differs; empty when it is up to date. */
export function boardChanges(
  present: Readonly<Record<string, unknown>>,
  wanted: object,
): readonly string[] {
  const changes: string[] = [];
  for (const [key, value] of Object.entries(wanted)) {
    if (THEIRS.has(key) || isDeepStrictEqual(plain(present[key]), plain(value))) continue;
    if (key === 'panels') changes.push(...panelChanges(present[key], value));
    else changes.push(`~ ${key}`);
  }
  return changes;
}

function panelChanges(present: unknown, wanted: unknown): readonly string[] {
  const before = byId(present);
  const after = byId(wanted);
  const changed = [...after].flatMap(([id, panel]) => {
    const known = before.get(id);
    if (known === undefined) return [`+ panel ${titleOf(panel)}`];
    return isDeepStrictEqual(known, panel) ? [] : [`~ panel ${titleOf(panel)}`];
  });
  const gone = [...before].filter(([id]) => !after.has(id));
  return [...changed, ...gone.map(([, panel]) => `- panel ${titleOf(panel)}`)];
}

function byId(panels: unknown): ReadonlyMap<unknown, unknown> {
  const list = Array.isArray(panels) ? panels : [];
  return new Map(list.map((panel: unknown) => [Reflect.get(Object(panel), 'id'), plain(panel)]));
}

function titleOf(panel: unknown): string {
  return String(Reflect.get(Object(panel), 'title'));
}

/** Builders leave undefined members, which no JSON has. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
