import type { JsonStep, TextPosition } from '@tokenmeter/pricing';

/** Something in a configuration that cannot be as it is. */
export interface ConfigProblem {
  readonly path: readonly JsonStep[];
  readonly message: string;
  /** Undefined when the place is not in the text, such as a missing key of an empty file. */
  readonly position?: TextPosition;
}

/** Renders problems for people, in the order of the text: `file:line:column path: message`. */
export function renderConfigProblems(file: string, problems: readonly ConfigProblem[]): string {
  return problems
    .toSorted((left, right) => compare(left.position, right.position))
    .map(({ path, message, position }) => {
      const place = position === undefined ? '' : `:${position.line}:${position.column}`;
      const where = path.length === 0 ? '' : ` ${renderPath(path)}:`;
      return `${file}${place}${where} ${message}`;
    })
    .join('\n');
}

/** Renders a path as people write it: `routes[0].channels`. */
function renderPath(path: readonly JsonStep[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

function compare(left: TextPosition | undefined, right: TextPosition | undefined): number {
  return (left?.line ?? 0) - (right?.line ?? 0) || (left?.column ?? 0) - (right?.column ?? 0);
}
