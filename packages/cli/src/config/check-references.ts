import type { JsonStep } from '@tokenmeter/pricing';
import type { ConfigProblem } from './config-problem.ts';

type Json = Readonly<Record<string, unknown>>;
type Defined = Readonly<
  Record<'channels' | 'quietHours' | 'escalations' | 'actions', ReadonlySet<string>>
>;

/**
 * Finds names that nothing defines and times that end before they begin. Reads the value as it was written, so that it
 * says what it can even where other parts are wrong.
 */
export function checkReferences(value: unknown): readonly ConfigProblem[] {
  if (!isObject(value)) return [];
  const defined: Defined = {
    channels: keysOf(value.channels),
    quietHours: keysOf(value.quietHours),
    escalations: keysOf(value.escalations),
    actions: keysOf(value.actions),
  };
  return [
    ...checkRoutes(value.routes, defined),
    ...checkEscalations(value.escalations, defined),
    ...checkName(value.fallbackChannel, defined, { kind: 'channels', path: ['fallbackChannel'] }),
    ...checkAdvice(value.advice, defined),
    ...checkZone(value.timeZone, ['timeZone']),
    ...entriesOf(value.quietHours).flatMap(([name, hours]) =>
      isObject(hours) ? checkZone(hours.timeZone, ['quietHours', name, 'timeZone']) : [],
    ),
    ...checkSpans(value.plannedEvents, 'plannedEvents', ['from', 'to']),
    ...checkSpans(value.mutes, 'mutes', ['from', 'until']),
    ...checkSources(value),
  ];
}

function checkRoutes(routes: unknown, defined: Defined): ConfigProblem[] {
  if (!Array.isArray(routes)) return [];
  const names = new Map<string, number>();
  return routes.flatMap((route: unknown, index) => {
    if (!isObject(route)) return [];
    const path = ['routes', index];
    const problems = [
      ...checkNames(route.channels, defined, { kind: 'channels', path: [...path, 'channels'] }),
      ...checkNames(route.quietHours, defined, {
        kind: 'quietHours',
        path: [...path, 'quietHours'],
      }),
      ...checkName(route.escalation, defined, {
        kind: 'escalations',
        path: [...path, 'escalation'],
      }),
    ];
    if (typeof route.name === 'string') {
      const earlier = names.get(route.name);
      if (earlier !== undefined) {
        problems.push({ path: [...path, 'name'], message: `routes[${earlier}] has this name too` });
      }
      names.set(route.name, index);
    }
    return problems;
  });
}

function checkEscalations(escalations: unknown, defined: Defined): ConfigProblem[] {
  return entriesOf(escalations).flatMap(([name, steps]) =>
    Array.isArray(steps)
      ? steps.flatMap((step: unknown, index) =>
          isObject(step)
            ? checkNames(step.channels, defined, {
                kind: 'channels',
                path: ['escalations', name, index, 'channels'],
              })
            : [],
        )
      : [],
  );
}

function checkAdvice(advice: unknown, defined: Defined): ConfigProblem[] {
  return entriesOf(advice).flatMap(([rule, one]) =>
    isObject(one)
      ? checkName(one.action, defined, { kind: 'actions', path: ['advice', rule, 'action'] })
      : [],
  );
}

interface Place {
  readonly kind: keyof Defined;
  readonly path: readonly JsonStep[];
}

function checkNames(names: unknown, defined: Defined, place: Place): ConfigProblem[] {
  if (!Array.isArray(names)) return [];
  return names.flatMap((name: unknown, index) =>
    checkName(name, defined, { ...place, path: [...place.path, index] }),
  );
}

function checkName(name: unknown, defined: Defined, { kind, path }: Place): ConfigProblem[] {
  if (typeof name !== 'string' || defined[kind].has(name)) return [];
  const known = [...defined[kind]].sort().join(', ');
  const hint = known === '' ? 'none is defined' : `there are ${known}`;
  return [{ path, message: `nothing in ${kind} is called ${JSON.stringify(name)}; ${hint}` }];
}

function checkZone(zone: unknown, path: readonly JsonStep[]): ConfigProblem[] {
  if (typeof zone !== 'string') return [];
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return [];
  } catch {
    return [{ path, message: 'not a time zone; use an IANA name such as Europe/Berlin or UTC' }];
  }
}

function checkSpans(
  spans: unknown,
  section: string,
  [start, end]: readonly [string, string],
): ConfigProblem[] {
  if (!Array.isArray(spans)) return [];
  return spans.flatMap((span: unknown, index) => {
    if (!isObject(span)) return [];
    const isBackward = Date.parse(String(span[end])) <= Date.parse(String(span[start]));
    return isBackward
      ? [{ path: [section, index, end], message: `${end} must be after ${start}` }]
      : [];
  });
}

function checkSources(value: Json): ConfigProblem[] {
  if (value.source === undefined || value.sources === undefined) return [];
  return [{ path: ['sources'], message: 'give either source or sources, not both' }];
}

function keysOf(value: unknown): ReadonlySet<string> {
  return new Set(entriesOf(value).map(([key]) => key));
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
