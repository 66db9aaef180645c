// Calendar: what must raise no alarm, and a lasting level that must be told once and then be usual.
import { createHourOfWeek } from '../../../packages/worker/dist/index.js';
import { alarmsOf, BLOCK_MS, createReplay, FIRST_BLOCK, rowOf, run } from './replay.mjs';
import { BLOCKS_PER_DAY, calls, createRandom, KINDS, rates } from './traffic.mjs';
import { HISTORY } from './volume-cases.mjs';

const COUNT_RULES = new Set(['volume', 'slow_burn']);
const SETTLED_BLOCKS = 72 * 12;

/** Monday four weeks before the week with the change of clocks. */
const ZONES = {
  'Europe/Berlin': Date.UTC(2026, 8, 21),
  'America/New_York': Date.UTC(2026, 9, 5),
};

function replayCounts(counts, { replay = createReplay(), offset = 0, isLost = () => false } = {}) {
  const rows = (block) => {
    const count = counts[block - offset];
    return count > 0 && !isLost(block) ? [rowOf(block, count)] : [];
  };
  const from = offset + HISTORY;
  run(replay, rows, offset, from);
  const heard = run(replay, rows, from, offset + counts.length);
  return { heard: heard.filter(({ rule }) => COUNT_RULES.has(rule)), from };
}

function plain(spec, extra = {}) {
  const rate = rates(KINDS[spec.kind], { weeks: 6, growth: 0, ...spec, ...extra });
  return { rate, counts: calls(rate, { seed: spec.seed + 1 }) };
}

/** Alarms of two weeks around a change of clocks, traffic following local time. */
function clocks(spec, zone) {
  const hourOfWeek = createHourOfWeek(zone);
  const offset = ZONES[zone] / BLOCK_MS - FIRST_BLOCK;
  const slotOf = (block) => hourOfWeek((FIRST_BLOCK + offset + block) * BLOCK_MS);
  const { counts } = plain(spec, { slotOf });
  return alarmsOf(replayCounts(counts, { replay: createReplay({ hourOfWeek }), offset }).heard)
    .alarms;
}

/** A feature that works from Monday to Friday only. */
function weekdays(spec) {
  const shape = Array.from({ length: 168 }, (_, slot) =>
    slot < 120 && slot % 24 >= 7 && slot % 24 < 20 ? 168 / 65 : 0,
  );
  return alarmsOf(replayCounts(plain(spec, { shape }).counts).heard).alarms;
}

/** Growth of 3 % a week over four weeks more. */
function growing(spec) {
  return alarmsOf(replayCounts(plain(spec, { growth: 0.03, weeks: 8 }).counts).heard).alarms;
}

/** A declared gap of four hours each day, whose calls are lost, and which is caught up by nothing. */
function gaps(spec) {
  const { counts } = plain(spec);
  const start = (block) => Math.floor(block / BLOCKS_PER_DAY) * BLOCKS_PER_DAY + 120;
  const isLost = (block) => block >= HISTORY && block >= start(block) && block < start(block) + 48;
  const list = [];
  for (let day = HISTORY; day < counts.length; day += BLOCKS_PER_DAY) {
    const from = (FIRST_BLOCK + day + 120) * BLOCK_MS;
    list.push({ fromEpochMs: from, toEpochMs: from + 48 * BLOCK_MS });
  }
  return alarmsOf(replayCounts(counts, { replay: createReplay({ gaps: list }), isLost }).heard)
    .alarms;
}

/** A level of 1.8 times that stays: told once in four days, and without an alarm going on 72 hours later. */
function level(spec) {
  const { rate } = plain(spec);
  const at = HISTORY + Math.floor((1 + 2 * createRandom(spec.seed + 9)()) * BLOCKS_PER_DAY);
  const to = at + 4 * BLOCKS_PER_DAY;
  const counts = calls(rate, {
    to,
    seed: spec.seed + 1,
    factor: (block) => (block >= at ? 1.8 : 1),
  });
  const after = replayCounts(counts).heard.filter(({ block }) => block >= at);
  const { alarms } = alarmsOf(after);
  const late = after.filter(({ block }) => block > at + SETTLED_BLOCKS);
  return { once: alarms.length === 1, settled: alarms.length > 0 && late.length === 0 };
}

/** All calendar cases of one series; numbers of alarms in two weeks, four for growth. */
export function calendarCase(spec) {
  return {
    undisturbed: alarmsOf(replayCounts(plain(spec).counts).heard).alarms.length,
    'Europe/Berlin': clocks(spec, 'Europe/Berlin').length,
    'America/New_York': clocks(spec, 'America/New_York').length,
    weekdays: weekdays(spec).length,
    growing: growing(spec).length,
    gaps: gaps(spec).length,
    level: level(spec),
  };
}
