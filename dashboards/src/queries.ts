import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** One PromQL expression of a board and where it stands. */
export interface BoardQuery {
  readonly panel: string;
  readonly expr: string;
}

/** Every PromQL expression of a board's panels. Queries to trace stores are not among them. */
export function queriesOf(board: Dashboard): readonly BoardQuery[] {
  return (board.panels ?? []).flatMap((panel) => {
    const targets: unknown = Reflect.get(panel, 'targets');
    const title: unknown = Reflect.get(panel, 'title');
    if (!Array.isArray(targets)) return [];
    return targets.flatMap((target: unknown) => {
      const expr: unknown =
        typeof target === 'object' && target !== null ? Reflect.get(target, 'expr') : undefined;
      return typeof expr === 'string' ? [{ panel: String(title), expr }] : [];
    });
  });
}
