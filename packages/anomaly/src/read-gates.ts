/** Takes a problem with its place. */
export type Sink = (path: readonly (string | number)[], problem: string) => void;

/** `overrides[0].volume.warningRatio` */
export function renderPath(path: readonly (string | number)[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join('');
}

/** True for an object that is no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const LARGEST = 1e15;

/** The gates of a rule that a section sets, each of the kind that the rule itself has; the rest are problems. */
export function readGates<R extends object>(
  section: unknown,
  rule: R,
  path: readonly (string | number)[],
  sink: Sink,
): Partial<R> {
  const gates: Record<string, unknown> = {};
  if (!isObject(section)) {
    sink(path, 'expected gates by name');
    return {};
  }
  const template: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(rule));
  for (const [key, value] of Object.entries(section)) {
    const name = nameOf(key);
    const read = readGate(name, value, template[name], [...path, key], sink);
    if (read !== undefined) gates[name] = read;
  }
  return isPartOf(gates, rule) ? gates : {};
}

/** Every value was read by the kind that the rule has under this name. */
function isPartOf<R extends object>(gates: object, rule: R): gates is Partial<R> {
  return typeof gates === typeof rule;
}

function nameOf(key: string): string {
  if (key === 'enabled') return 'isEnabled';
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function readGate(
  name: string,
  value: unknown,
  known: unknown,
  path: readonly (string | number)[],
  sink: Sink,
): unknown {
  if (name === 'isEnabled') {
    if (typeof value !== 'boolean') sink(path, 'expected true or false');
    return typeof value === 'boolean' ? value : undefined;
  }
  if (name === 'allowedModels') return readNames(value, path, sink);
  if (isObject(known) && name !== 'overrides') return readNumbers(value, known, path, sink);
  if (typeof known !== 'number') {
    sink(path, 'unknown gate');
    return undefined;
  }
  return readNumber(name, value, path, sink);
}

function readNames(value: unknown, path: readonly (string | number)[], sink: Sink): unknown {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== ''))
    return value;
  sink(path, 'expected a list of model names');
  return undefined;
}

function readNumbers(
  value: unknown,
  known: Readonly<Record<string, unknown>>,
  path: readonly (string | number)[],
  sink: Sink,
): unknown {
  if (!isObject(value)) {
    sink(path, `expected numbers for ${Object.keys(known).join(', ')}`);
    return undefined;
  }
  const numbers: Record<string, unknown> = { ...known };
  for (const [key, one] of Object.entries(value)) {
    if (key in known) numbers[key] = readNumber(key, one, [...path, key], sink) ?? known[key];
    else sink([...path, key], `expected one of ${Object.keys(known).join(', ')}`);
  }
  return numbers;
}

function readNumber(
  name: string,
  value: unknown,
  path: readonly (string | number)[],
  sink: Sink,
): number | undefined {
  const isShare = /(?:Share|Rate)$/.test(name);
  const isRatio = /Ratio$/.test(name);
  const low = isRatio ? 1 : 0;
  const high = isShare ? 1 : LARGEST;
  if (typeof value === 'number' && value >= low && value <= high) return value;
  sink(path, `expected a number from ${low}${isShare ? ' to 1' : ''}, got ${describeValue(value)}`);
  return undefined;
}

function describeValue(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`;
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
}
