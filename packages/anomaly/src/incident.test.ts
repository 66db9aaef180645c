import { describe, expect, test } from 'vitest';
import { expand, finding, MINUTE, run, type Step } from './incident.test-kit.ts';
import { DEFAULT_INCIDENT_CONFIG } from './incident.ts';
import { stepIncidents } from './step-incidents.ts';

function kindsOf(steps: readonly Step[]): string {
  return steps.flatMap(({ transitions }) => transitions.map(({ kind }) => kind)).join(' ');
}

const quiet = '.'.repeat(15);
const hour = '.'.repeat(60);

describe('incidents', () => {
  test.for([
    { note: 'one sighting is not told', marks: `w${quiet}`, want: '' },
    { note: 'two sightings fire', marks: 'ww', want: 'firing' },
    { note: 'quiet for 15 minutes resolves', marks: `www${quiet}`, want: 'firing resolved' },
    { note: 'shorter quiet is part of it', marks: 'ww..........ww', want: 'firing' },
    { note: 'worse is told', marks: 'wwc', want: 'firing escalated' },
    { note: 'better for a moment is not told', marks: 'ccwwwc', want: 'firing' },
    { note: 'better for 5 minutes is an update', marks: 'ccwwwwww', want: 'firing updated' },
    { note: 'a gap is not quiet', marks: `ww${'?'.repeat(60)}.`, want: 'firing' },
    { note: 'a gap does not forget what is pending', marks: 'w?w', want: 'firing' },
    {
      note: 'back within half an hour is the same',
      marks: `ww${quiet}ww`,
      want: 'firing resolved firing',
    },
    { note: 'somebody takes it', marks: `wwAww${quiet}`, want: 'firing acknowledged resolved' },
    { note: 'taken twice is taken once', marks: 'wwAAwA', want: 'firing acknowledged' },
    {
      note: 'worse needs somebody anew',
      marks: 'wwAwcA',
      want: 'firing acknowledged escalated acknowledged',
    },
    { note: 'a snooze ends', marks: 'wwSwwwwwwwwwwww', want: 'firing silenced firing' },
    {
      note: 'a snooze ends with the incident',
      marks: `wwS${quiet}`,
      want: 'firing silenced resolved',
    },
    { note: 'worse ends a snooze', marks: 'wwSc', want: 'firing silenced escalated' },
    {
      note: 'what is expected stays silent',
      marks: `wwE${'w'.repeat(90)}`,
      want: 'firing silenced',
    },
    {
      note: 'resolved by a person stays so',
      marks: `wwR${'w'.repeat(90)}`,
      want: 'firing resolved',
    },
    {
      note: 'resolved by a person comes back when worse',
      marks: 'wwRwwc',
      want: 'firing resolved firing',
    },
    {
      note: 'resolved by a person, over, and back',
      marks: `wwRw${quiet}.ww`,
      want: 'firing resolved firing',
    },
    {
      note: 'flapping is one notice and one end',
      marks: `ww${quiet}w${quiet}w${quiet}w${quiet}w${hour}`,
      want: 'firing resolved firing resolved flapping resolved',
    },
  ])('$note', ({ marks, want }) => {
    expect(kindsOf(run(expand(marks)))).toBe(want);
  });

  test('later than half an hour it is another one', () => {
    const ids = run(expand(`ww${quiet.repeat(4)}ww`)).flatMap(({ transitions }) =>
      transitions.map(({ incident }) => incident.id),
    );
    expect(new Set(ids).size).toBe(2);
  });

  test('a finding beyond doubt is told at its first sighting', () => {
    const sure = { ...finding(MINUTE, 'warning'), score: 7 };
    const input = { epochMs: MINUTE, findings: [sure], unknownRules: new Set<string>() };
    expect(stepIncidents({}, input).transitions.map(({ kind }) => kind)).toEqual(['firing']);
  });

  test('an evaluation of the past changes nothing', () => {
    const incidents = run(expand('ww')).at(-1)?.after ?? {};
    const again = { epochMs: MINUTE, findings: [], unknownRules: new Set<string>() };
    expect(stepIncidents(incidents, again)).toEqual({ incidents, transitions: [] });
  });

  test('workers of different shards have different incidents of one finding', () => {
    const input = {
      epochMs: MINUTE,
      findings: [finding(MINUTE, 'warning')],
      unknownRules: new Set<string>(),
    };
    const keys = ['', '1/2', '2/2'].flatMap((shard) =>
      Object.keys(stepIncidents({}, { ...input, shard }).incidents),
    );
    expect(new Set(keys).size).toBe(3);
  });
});

test('the defaults are those of the documents', () => {
  expect(DEFAULT_INCIDENT_CONFIG).toEqual({
    sightings: 2,
    certainScore: 7,
    holdMs: 15 * MINUTE,
    fallMs: 5 * MINUTE,
    reopenMs: 30 * MINUTE,
    mostChangesPerHour: 4,
    flappingHoldMs: 60 * MINUTE,
  });
});

test.for([
  { note: 'a minute', aheadMinutes: 1, want: [] },
  { note: 'a day', aheadMinutes: 1440, want: ['resolved'] },
])('what a clock that was $note ahead told ends with $want', ({ aheadMinutes, want }) => {
  const start = MINUTE;
  const ahead = start + aheadMinutes * MINUTE;
  const told = [ahead, ahead + MINUTE].reduce(
    (incidents, epochMs) =>
      stepIncidents(incidents, {
        epochMs,
        findings: [finding(epochMs, 'warning')],
        unknownRules: new Set(),
      }).incidents,
    {},
  );
  let incidents = told;
  const kinds = [];
  // Right again, and nothing is found for as long as an incident is held.
  for (let minute = 0; minute < 15; minute += 1) {
    const input = {
      epochMs: start + minute * MINUTE,
      findings: [],
      unknownRules: new Set<string>(),
    };
    const next = stepIncidents(incidents, input);
    incidents = next.incidents;
    kinds.push(...next.transitions.map(({ kind }) => kind));
  }
  expect(kinds).toEqual(want);
});
