import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, Severity } from './finding.ts';
import { type Incidents, stepIncidents, type Transition } from './incident.ts';

const MINUTE = 60_000;

function finding(epochMs: number, severity: Severity, feature = 'chat'): Finding {
  return {
    rule: 'volume',
    severity,
    labels: { service: 'shop', feature },
    epochMs,
    quantity: 'calls',
    observed: 30,
    expected: { low: 5, mid: 10, high: 15, basis: 'test' },
    windowMinutes: 20,
    score: 5,
    usdPerHour: 1,
    sinceEpochMs: epochMs - 5 * MINUTE,
    decomposition: { volume: 1 },
    contributors: [],
    evidenceCalls: 30,
  };
}

type Mark = '.' | 'w' | 'c' | '?';

/** One evaluation a minute: `.` nothing, `w` warning, `c` critical, `?` unknown. */
function run(marks: readonly Mark[]): { transitions: Transition[]; incidents: Incidents } {
  let incidents: Incidents = {};
  const transitions: Transition[] = [];
  marks.forEach((mark, index) => {
    const epochMs = (index + 1) * MINUTE;
    const severity = mark === 'c' ? 'critical' : 'warning';
    const result = stepIncidents(incidents, {
      epochMs,
      findings: mark === 'w' || mark === 'c' ? [finding(epochMs, severity)] : [],
      unknownRules: new Set(mark === '?' ? ['volume'] : []),
    });
    incidents = result.incidents;
    transitions.push(...result.transitions);
  });
  return { transitions, incidents };
}

function expand(text: string): Mark[] {
  const marks: Mark[] = [];
  for (const letter of text) if (isMark(letter)) marks.push(letter);
  return marks;
}

function isMark(letter: string): letter is Mark {
  return '.wc?'.includes(letter);
}

const quiet = '.'.repeat(15);

describe('incidents', () => {
  test.for([
    { note: 'one sighting is not told', marks: `w${quiet}`, want: [] },
    { note: 'two sightings fire', marks: 'ww', want: ['firing'] },
    { note: 'quiet for 15 minutes resolves', marks: `www${quiet}`, want: ['firing', 'resolved'] },
    { note: 'shorter quiet is part of it', marks: 'ww..........ww', want: ['firing'] },
    { note: 'worse is told', marks: 'wwc', want: ['firing', 'escalated'] },
    { note: 'better is an update', marks: 'ccw', want: ['firing', 'updated'] },
    { note: 'a gap is not quiet', marks: `ww${'?'.repeat(60)}.`, want: ['firing'] },
    { note: 'a gap does not forget what is pending', marks: 'w?w', want: ['firing'] },
    {
      note: 'back within half an hour is the same incident',
      marks: `ww${quiet}ww`,
      want: ['firing', 'resolved', 'firing'],
    },
  ])('$note', ({ marks, want }) => {
    const { transitions } = run(expand(marks));
    expect(transitions.map(({ kind }) => kind)).toEqual(want);
    expect(new Set(transitions.map(({ incident }) => incident.id)).size).toBeLessThanOrEqual(1);
  });

  test('a finding beyond doubt is told at its first sighting', () => {
    const sure = { ...finding(MINUTE, 'warning'), score: 7 };
    const input = { epochMs: MINUTE, findings: [sure], unknownRules: new Set<string>() };
    expect(stepIncidents({}, input).transitions.map(({ kind }) => kind)).toEqual(['firing']);
  });

  test('later than that it is another one', () => {
    const { transitions } = run(expand(`ww${quiet.repeat(4)}ww`));
    expect(transitions.map(({ kind }) => kind)).toEqual(['firing', 'resolved', 'firing']);
    expect(new Set(transitions.map(({ incident }) => incident.id)).size).toBe(2);
  });

  test('transitions are legal, numbered without holes, and the same again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Mark>('.', '.', '.', 'w', 'c', '?')), (marks) => {
        const { transitions } = run(marks);
        expect(run(marks).transitions).toEqual(transitions);
        let isFiring = false;
        const last = new Map<string, number>();
        for (const { kind, incident } of transitions) {
          expect(incident.sequence).toBe((last.get(incident.id) ?? 0) + 1);
          last.set(incident.id, incident.sequence);
          expect(isFiring).toBe(kind !== 'firing');
          isFiring = kind !== 'resolved';
        }
      }),
    );
  });

  test('what is beyond doubt fires at once', () => {
    const certain = { ...finding(MINUTE, 'critical'), score: 12 };
    const input = { epochMs: MINUTE, findings: [certain], unknownRules: new Set<string>() };
    expect(stepIncidents({}, input).transitions.map(({ kind }) => kind)).toEqual(['firing']);
  });

  test('an evaluation of the past changes nothing', () => {
    const { incidents } = run(expand('ww'));
    const again = { epochMs: MINUTE, findings: [], unknownRules: new Set<string>() };
    expect(stepIncidents(incidents, again)).toEqual({ incidents, transitions: [] });
  });
});
