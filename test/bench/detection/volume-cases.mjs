// Families `volume` and `slow_burn`: false alarms of an undisturbed week, and injected incidents, with and without a past one.
import { alarmBlocks, COMPARATORS } from './comparators.mjs';
import { learnPlain, plainAlarms } from './plain.mjs';
import { alarmsOf, copyOf, createReplay, rowOf, run } from './replay.mjs';
import {
  BLOCKS_PER_DAY,
  BLOCKS_PER_HOUR,
  BLOCKS_PER_WEEK,
  calls,
  createRandom,
  rates,
  TRAFFIC,
} from './traffic.mjs';

export const VOLUME_INCIDENTS = [
  { name: '×3 for 2 h', factor: 3, blocks: 24 },
  { name: '×2 for 6 h', factor: 2, blocks: 72 },
  { name: '×1.6 for 24 h', factor: 1.6, blocks: 288 },
  { name: '×10 for 30 min', factor: 10, blocks: 6 },
];
const PAST = { factor: 4, blocks: 72 };
export const HISTORY = 4 * BLOCKS_PER_WEEK;
const COUNT_RULES = new Set(['volume', 'slow_burn']);

/** Incidents begin on any of the first six days of the week, in business hours. */
export function startOf(random) {
  const day = Math.floor(6 * random()) * BLOCKS_PER_DAY;
  return day + Math.floor((9 + 8 * random()) * BLOCKS_PER_HOUR);
}

/** The traffic of one series: rates, and calls of its history, of its undisturbed week, and of a disturbed one. */
export function seriesOf({ kind, traffic = 'usual', callsPerHour, seed }) {
  const growth = 0.03 * createRandom(seed + 5)();
  const rate = rates(TRAFFIC[traffic][kind], { callsPerHour, weeks: 5, growth, seed });
  return {
    history: calls(rate, { to: HISTORY, seed: seed + 1 }),
    past: (at) =>
      calls(rate, {
        to: HISTORY,
        seed: seed + 1,
        factor: (block) => (block >= at && block < at + PAST.blocks ? PAST.factor : 1),
      }),
    week: calls(rate, { from: HISTORY, seed: seed + 2 }),
    disturbed: ({ factor, blocks }, at) =>
      calls(rate, {
        from: HISTORY,
        to: Math.min(rate.length, HISTORY + at + blocks + 2),
        seed: seed + 3,
        factor: (block) => (block >= HISTORY + at && block < HISTORY + at + blocks ? factor : 1),
      }),
  };
}

function rowsFrom(values, first) {
  return (block) => {
    const count = values[block - first];
    return count > 0 ? [rowOf(block, count)] : [];
  };
}

/** Replays one series: its undisturbed week, each incident, and the first incident after a past one in the same slot. */
export function volumeCase(spec) {
  const series = seriesOf(spec);
  const learned = createReplay();
  const split = HISTORY - BLOCKS_PER_WEEK - BLOCKS_PER_DAY;
  run(learned, rowsFrom(series.history, 0), 0, split);
  const early = copyOf(learned);
  run(learned, rowsFrom(series.history, 0), split, HISTORY);
  const week = rowsFrom(series.week, HISTORY);
  const heard = run(copyOf(learned), week, HISTORY, HISTORY + BLOCKS_PER_WEEK);
  const { alarms, criticals } = alarmsOf(heard.filter(({ rule }) => COUNT_RULES.has(rule)));
  const random = createRandom(spec.seed + 9);
  const starts = VOLUME_INCIDENTS.map(() => startOf(random));
  const disturbed = VOLUME_INCIDENTS.map((one, index) => series.disturbed(one, starts[index]));
  const found = VOLUME_INCIDENTS.map((incident, index) =>
    delayOf(copyOf(learned), disturbed[index], incident, starts[index]),
  );
  const past = series.past(HISTORY - BLOCKS_PER_WEEK + starts[0]);
  run(early, rowsFrom(past, 0), split, HISTORY);
  const contaminated = delayOf(early, disturbed[0], VOLUME_INCIDENTS[0], starts[0]);
  return {
    alarms: alarms.length,
    criticals: criticals.length,
    rules: alarms.map(({ rule, incident }) => `${rule} ${incident.finding.windowMinutes}`),
    found,
    contaminated,
    others: othersOf(series, disturbed, { starts, past }),
  };
}

/** The same by the rules of others. */
function othersOf(series, disturbed, { starts, past }) {
  const rules = Object.fromEntries(
    Object.keys(COMPARATORS).map((name) => [
      name,
      (history, values) => alarmBlocks(name, joined(history, values), HISTORY),
    ]),
  );
  const plain = new Map(
    [past, series.history].map((history) => [history, learnPlain(history, HISTORY)]),
  );
  rules.plain = (history, values) =>
    plainAlarms(plain.get(history), joined(history, values), HISTORY);
  return Object.fromEntries(
    Object.entries(rules).map(([name, alarmsFor]) => {
      const first = (history, index) =>
        firstDelay(alarmsFor(history, disturbed[index]), VOLUME_INCIDENTS[index], starts[index]);
      return [
        name,
        {
          alarms: alarmsFor(series.history, series.week).length,
          found: VOLUME_INCIDENTS.map((_, index) => first(series.history, index)),
          contaminated: first(past, 0),
        },
      ];
    }),
  );
}

function joined(history, values) {
  const all = new Float64Array(history.length + values.length);
  all.set(history);
  all.set(values, history.length);
  return all;
}

/** Minutes from the start of an incident to its first alarm; null when there is none while it lasts. */
function delayOf(replay, values, incident, at) {
  const heard = run(replay, rowsFrom(values, HISTORY), HISTORY, HISTORY + values.length);
  const { alarms } = alarmsOf(heard.filter(({ rule }) => COUNT_RULES.has(rule)));
  return firstDelay(
    alarms.map(({ block }) => block),
    incident,
    at,
  );
}

function firstDelay(blocks, incident, at) {
  const from = HISTORY + at;
  const first = blocks.find((block) => block >= from && block < from + incident.blocks);
  return first === undefined ? null : (first - from + 1) * 5;
}
