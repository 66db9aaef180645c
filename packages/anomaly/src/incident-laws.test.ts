import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expand, type Mark, run, type Step } from './incident.test-kit.ts';
import type { Incident, Transition } from './incident.ts';

const hour = '.'.repeat(60);

const LEGAL: Readonly<Record<Transition['kind'], readonly string[]>> = {
  firing: ['none>firing', 'pending>firing', 'resolved>firing', 'silenced>firing'],
  escalated: ['firing>firing', 'acknowledged>firing', 'silenced>firing'],
  updated: ['firing>firing', 'acknowledged>acknowledged', 'silenced>silenced'],
  acknowledged: ['firing>acknowledged', 'silenced>acknowledged'],
  silenced: ['firing>silenced', 'acknowledged>silenced', 'silenced>silenced'],
  flapping: [
    'none>firing',
    'pending>firing',
    'resolved>firing',
    'firing>firing',
    'acknowledged>acknowledged',
    'silenced>silenced',
  ],
  resolved: ['firing>resolved', 'acknowledged>resolved', 'silenced>resolved'],
};

function isMild({ state, severity }: Incident): boolean {
  return severity !== 'critical' && !['pending', 'resolved'].includes(state);
}

function told(incident: Incident | undefined): string {
  if (incident === undefined || incident.state === 'pending') return 'untold';
  return `${incident.id} ${incident.state} ${incident.severity}`;
}

/** There is one identity, so that every transition of a step is its. */
function checkTold({ before, after, transitions }: Step): void {
  const [old, now] = [Object.values(before)[0], Object.values(after)[0]];
  const isNews = now !== undefined && told(now) !== 'untold' && told(old) !== told(now);
  expect(transitions.length).toBeLessThanOrEqual(1);
  if (isNews) expect(transitions).toHaveLength(1);
  for (const { kind, incident } of transitions) {
    expect(incident).toEqual(now);
    const from = old === undefined || old.id !== incident.id ? 'none' : old.state;
    expect(LEGAL[kind]).toContain(`${from}>${incident.state}`);
  }
}

const sequences = fc.array(
  fc.constantFrom<Mark>('.', '.', '.', 'w', 'w', 'c', '?', 'A', 'S', 'E', 'R'),
  {
    maxLength: 200,
  },
);
/** Runs of equal evaluations, so that holds, graces and flapping come about. */
const spells = fc
  .array(
    fc.tuple(
      fc.constantFrom<Mark>('.', 'w', 'c', '?', 'A', 'S', 'R'),
      fc.integer({ min: 1, max: 20 }),
    ),
    { maxLength: 25 },
  )
  .map((all) => all.flatMap(([mark, count]) => Array.from<Mark>({ length: count }).fill(mark)));

describe.each([
  { name: 'random evaluations', marks: sequences },
  { name: 'random spells', marks: spells },
])('$name', ({ marks: arbitrary }) => {
  test('every change is told by exactly one legal transition, and nothing else is', () => {
    fc.assert(
      fc.property(arbitrary, (marks) => {
        for (const step of run(marks)) checkTold(step);
      }),
      { numRuns: 200 },
    );
  });

  test('transitions are numbered without holes and the same again', () => {
    fc.assert(
      fc.property(arbitrary, (marks) => {
        const all = run(marks).flatMap(({ transitions }) => transitions);
        expect(run(marks).flatMap(({ transitions }) => transitions)).toEqual(all);
        const last = new Map<string, number>();
        for (const { incident } of all) {
          expect(incident.sequence).toBe((last.get(incident.id) ?? 0) + 1);
          last.set(incident.id, incident.sequence);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('what lasts is open, and what is over for an hour is resolved', () => {
    fc.assert(
      fc.property(arbitrary, (marks) => {
        const lasting = run([...marks, ...expand('.'.repeat(200)), 'c', 'c']).at(-1);
        expect(Object.values(lasting?.after ?? {}).map(({ state }) => state)).toEqual(['firing']);
        const over = run([...marks, ...expand(hour)]);
        const states = Object.values(over.at(-1)?.after ?? {}).map(({ state }) => state);
        expect(states.filter((state) => state !== 'resolved')).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('what gets worse is always told', () => {
    fc.assert(
      fc.property(arbitrary, (marks) => {
        const worse = run(marks)
          .filter(({ mark, before }) => mark === 'c' && Object.values(before).some(isMild))
          .map(({ after, transitions }) => ({
            severity: Object.values(after)[0]?.severity,
            kinds: transitions.map(({ kind }) => kind),
          }));
        for (const one of worse)
          expect(one).toEqual({ severity: 'critical', kinds: ['escalated'] });
      }),
      { numRuns: 200 },
    );
  });
});
