// Figures of all families from the results of their series.
import { CACHE_RATES, COST_RISES, DRIFTS } from './share-cases.mjs';
import { meanOf, recallOf } from './statistics.mjs';
import { VOLUME_INCIDENTS } from './volume-cases.mjs';

/** Incidents are counted from so many calls an hour on: with fewer, minutes hold nothing to see. */
const COUNTED_RATE = 30;
const COUNTED_COST_RATE = 50;
const VOLUME_TARGETS = [
  { recall: 0.65, median: 35 },
  { recall: 0.45, median: 90 },
  { recall: 0.5, median: 240 },
  { recall: 0.9, median: 10 },
];
const COST_TARGETS = [0.5, 0.95, 1];
const CACHE_TARGETS = [40, 20];

function volumeOf(results) {
  const counted = results.filter(({ job }) => job.callsPerHour >= COUNTED_RATE);
  const ours = (one) => one.result;
  const rules = { ours, ...othersOf(results) };
  const table = Object.entries(rules).map(([name, pick]) => ({
    name,
    alarms: meanOf(
      results.map((one) => pick(one).alarms),
      1000,
    ),
    found: VOLUME_INCIDENTS.map((_, index) =>
      recallOf(counted.map((one) => pick(one).found[index])),
    ),
    contaminated: recallOf(counted.map((one) => pick(one).contaminated)),
  }));
  const byCell = {};
  for (const { job, result } of results) {
    const cell = `${job.kind}, ${job.callsPerHour} calls/h`;
    byCell[cell] ??= { alarms: [], found: VOLUME_INCIDENTS.map(() => []) };
    byCell[cell].alarms.push(result.alarms);
    for (const [index, delay] of result.found.entries()) byCell[cell].found[index].push(delay);
  }
  const cells = Object.entries(byCell).map(([name, { alarms, found }]) => ({
    name,
    alarms: meanOf(alarms, 1000),
    found: found.map(recallOf),
  }));
  return {
    table,
    cells,
    criticals: meanOf(
      results.map(({ result }) => result.criticals),
      1000,
    ),
  };
}

function othersOf(results) {
  const names = Object.keys(results[0]?.result.others ?? {});
  return Object.fromEntries(names.map((name) => [name, ({ result }) => result.others[name]]));
}

function costOf(results, pick = (result) => result) {
  const counted = results.filter(({ job }) => job.callsPerHour >= COUNTED_COST_RATE);
  const alarms = (kind) =>
    meanOf(
      results.filter(({ job }) => job.kind === kind).map(({ result }) => pick(result).alarms),
      1000,
    );
  return {
    code: alarms('code'),
    chat: alarms('chat'),
    found: COST_RISES.map((_, index) =>
      recallOf(counted.map(({ result }) => pick(result).found[index])),
    ),
  };
}

function cacheOf(results) {
  return [0, 0.05].map((correlation) => {
    const own = results.filter(({ job }) => job.correlation === correlation);
    const figuresOf = (pick) => ({
      alarms: meanOf(
        own.map(({ result }) => pick(result).alarms),
        1000,
      ),
      found: CACHE_RATES.map((_, index) =>
        recallOf(own.map(({ result }) => pick(result).found[index])),
      ),
    });
    return { correlation, ...figuresOf((result) => result), net: figuresOf(({ net }) => net) };
  });
}

function driftOf(results) {
  return DRIFTS.map(({ name }, index) => ({
    name,
    told: meanOf(results.map(({ result }) => result[index].alarms)),
    calls: recallOf(results.map(({ result }) => result[index].calls)),
    net: {
      told: meanOf(results.map(({ result }) => result[index].net.alarms)),
      calls: recallOf(results.map(({ result }) => result[index].net.calls)),
    },
    callsPerHour: [...new Set(results.map(({ job }) => job.callsPerHour))],
  }));
}

const WEEKS = {
  undisturbed: 2,
  'Europe/Berlin': 2,
  'America/New_York': 2,
  weekdays: 2,
  growing: 4,
  gaps: 2,
};

function calendarOf(results) {
  const quiet = Object.entries(WEEKS).map(([name, weeks]) => ({
    name,
    alarms: meanOf(
      results.map(({ result }) => result[name] / weeks),
      1000,
    ),
  }));
  const shareOf = (name) => meanOf(results.map(({ result }) => (result.level[name] ? 1 : 0)));
  return { quiet, level: { once: shareOf('once'), settled: shareOf('settled') } };
}

function row(name, { value }, unit, target, isLowerBetter = true) {
  return { name, value, unit, ...(target !== undefined && { target }), isLowerBetter };
}

function rowsOf({ volume, cost, cache, drift, calendar }) {
  const [ours] = volume.table;
  const perWeek = 'per week, 1,000 series';
  return [
    row('volume and slow_burn, alarms', ours.alarms, perWeek, 50),
    row('  of them critical', volume.criticals, perWeek, 5),
    ...VOLUME_INCIDENTS.flatMap(({ name }, index) => [
      row(`  ${name} found`, ours.found[index].recall, '', VOLUME_TARGETS[index].recall, false),
      row(
        `  ${name}, median delay`,
        { value: ours.found[index].median ?? Number.NaN },
        'min',
        VOLUME_TARGETS[index].median,
      ),
    ]),
    row(
      '  ×3 found after a ×4 a week before',
      ours.contaminated.recall,
      '',
      ours.found[0].recall.value - 0.1,
      false,
    ),
    row('cost_per_request, alarms on code', cost.code, perWeek, 50),
    row('cost_per_request, alarms on chat', cost.chat, perWeek, 50),
    ...COST_RISES.map((rise, index) =>
      row(
        `  +${Math.round((rise - 1) * 100)} % found`,
        cost.found[index].recall,
        '',
        COST_TARGETS[index],
        false,
      ),
    ),
    ...cache.flatMap(({ correlation, alarms, found }) => [
      row(`cache_hit_rate, alarms, correlation ${correlation}`, alarms, perWeek, 60),
      ...CACHE_RATES.map((rate, index) =>
        row(
          `  .70 → ${rate}, median`,
          { value: found[index].median ?? Number.NaN },
          'calls',
          CACHE_TARGETS[index],
        ),
      ),
    ]),
    ...drift.map(({ name, told }) => row(`model_drift, ${name}: told`, told, 'times')),
    ...calendar.quiet.map(({ name, alarms }) => row(`calendar, ${name}: alarms`, alarms, perWeek)),
    row('calendar, ×1.8 for good: told once', calendar.level.once, '', 0.85, false),
    row('calendar, ×1.8 for good: settled in 72 h', calendar.level.settled, '', 0.85, false),
  ];
}

/** All figures, and the rows of the benchmark's table. */
export function summaryOf(results) {
  const family = (name) => results.filter(({ job }) => job.family === name);
  const summary = {
    volume: volumeOf(family('volume')),
    clustered: volumeOf(family('clustered')),
    cost: costOf(family('cost')),
    costNet: costOf(family('cost'), ({ net }) => net),
    cache: cacheOf(family('cache')),
    drift: driftOf(family('drift')),
    calendar: calendarOf(family('calendar')),
  };
  return { ...summary, rows: rowsOf(summary) };
}
