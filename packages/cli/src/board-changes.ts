/** What Grafana itself keeps in a board. */
const THEIRS: ReadonlySet<string> = new Set([
  ...['id', 'version', 'iteration', 'preload'],
  // It raises the number when it migrates a board to its own.
  'schemaVersion',
]);

/** What would change in a board: a line for each part that differs; empty when it is up to date. */
export function boardChanges(
  present: Readonly<Record<string, unknown>>,
  wanted: object,
): readonly string[] {
  const changes: string[] = [];
  for (const [key, value] of Object.entries(wanted)) {
    if (THEIRS.has(key) || isHeld(plain(present[key]), plain(value))) continue;
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
    return isHeld(known, panel) ? [] : [`~ panel ${titleOf(panel)}`];
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

/**
 * Whether Grafana's board says everything that ours does. What Grafana adds on its own (defaults, its built-in annotation)
 * and what it leaves out because it is empty makes no difference.
 */
function isHeld(present: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(present)) return wanted.length === 0;
    const own = present.filter((each: unknown) => Reflect.get(Object(each), 'builtIn') !== 1);
    return (
      own.length === wanted.length &&
      wanted.every((each: unknown, index) => isHeld(own[index], each))
    );
  }
  if (typeof wanted === 'object' && wanted !== null) {
    return Object.entries(wanted).every(([key, value]) =>
      isHeld(Reflect.get(Object(present), key), value),
    );
  }
  return present === wanted || (present === undefined && (wanted === false || wanted === ''));
}

/** Builders leave undefined members, which no JSON has. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
