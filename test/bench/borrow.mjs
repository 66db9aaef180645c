// `npm run bench -- borrow`: a feature that is born under a known service, judged with and without the week of that service.
import { alarmsOf, copyOf, createReplay, LABELS, rowOf, run } from './detection/replay.mjs';
import { meanOf, recallOf } from './detection/statistics.mjs';
import {
  BLOCKS_PER_DAY,
  BLOCKS_PER_WEEK,
  calls,
  createRandom,
  KINDS,
  rates,
  weekShape,
} from './detection/traffic.mjs';

const SERIES = Number(process.env.TOKENMETER_BORROW_SERIES ?? 12);
const WEEKS = 7;
const KNOWN = 4 * BLOCKS_PER_WEEK;
const NEWBORN = { ...LABELS, feature: 'search' };
const AGES = [2, 7];
const INCIDENTS = [
  { name: '×3 for 2 h', factor: 3, blocks: 24 },
  { name: '×2 for 6 h', factor: 2, blocks: 72 },
  { name: '×10 for 30 min', factor: 10, blocks: 6 },
];
const COUNT_RULES = new Set(['volume', 'slow_burn']);

/** A service known for four weeks, and a feature born under it, whose people keep about the same hours. */
function trafficOf({ kind, callsPerHour, seed }) {
  const random = createRandom(seed + 5);
  const make = (rate, offset) =>
    rates(KINDS[kind], {
      callsPerHour: rate,
      weeks: WEEKS,
      growth: 0.01,
      seed: seed + offset,
      shape: weekShape(KINDS[kind], createRandom(seed + offset + 50)),
    });
  const born = KNOWN + Math.floor(random() * BLOCKS_PER_WEEK);
  return {
    parent: calls(make(3 * callsPerHour, 11), { seed: seed + 1 }),
    rate: make(callsPerHour, 23),
    born,
  };
}

function rowsOf({ parent, child, born }, hasParent) {
  return (block) => {
    const rows = [];
    if (hasParent && parent[block] > 0) rows.push(rowOf(block, parent[block]));
    const own = block >= born ? child(block) : 0;
    if (own > 0) rows.push({ ...rowOf(block, own), labels: NEWBORN });
    return rows;
  };
}

const heardOf = (heard) =>
  alarmsOf(heard.filter(({ rule, severity }) => COUNT_RULES.has(rule) && severity !== 'info'))
    .alarms;
/** What the known feature has by itself is no news here. */
const isConcerned = ({ incident }) => incident.finding.labels.feature !== LABELS.feature;
const ofChild = ({ incident }) => incident.finding.labels.feature === 'search';

/** What is heard in the week after the first `days`, and of incidents that begin within the day after them. */
function judged(replay, traffic, { from, hasParent }) {
  const week = calls(traffic.rate, { seed: traffic.seed + 2 });
  const rows = rowsOf({ ...traffic, child: (block) => week[block] }, hasParent);
  const alarms = heardOf(run(copyOf(replay), rows, from, from + BLOCKS_PER_WEEK)).filter(
    isConcerned,
  );
  const random = createRandom(traffic.seed + 9);
  const found = INCIDENTS.map((incident) => {
    const at = from + Math.floor(random() * BLOCKS_PER_DAY);
    const factor = (block) => (block >= at && block < at + incident.blocks ? incident.factor : 1);
    const disturbed = calls(traffic.rate, { seed: traffic.seed + 3, factor });
    const wrong = rowsOf({ ...traffic, child: (block) => disturbed[block] }, hasParent);
    const heard = heardOf(run(copyOf(replay), wrong, from, at + incident.blocks)).filter(ofChild);
    const first = heard.find(({ block }) => block >= at);
    return first === undefined ? null : (first.block - at + 1) * 5;
  });
  return { alarms: alarms.length, found };
}

function caseOf(spec, hasParent) {
  const traffic = { ...trafficOf(spec), seed: spec.seed };
  const first = calls(traffic.rate, { seed: spec.seed + 2 });
  const rows = rowsOf({ ...traffic, child: (block) => first[block] }, hasParent);
  const replay = createReplay();
  run(replay, rows, 0, traffic.born);
  const births = [];
  let at = traffic.born;
  const byAge = AGES.map((age) => {
    const from = traffic.born + age * BLOCKS_PER_DAY;
    births.push(...heardOf(run(replay, rows, at, from)).filter(isConcerned));
    at = from;
    return judged(replay, traffic, { from, hasParent });
  });
  return { births: births.length, byAge };
}

function rowsFor(name, results) {
  const rows = [
    {
      name: `alarms in the first week of a new feature, ${name}`,
      value: meanOf(results.map(({ births }) => births)).value,
      unit: 'a feature',
    },
  ];
  for (const [index, age] of AGES.entries()) {
    const cases = results.map(({ byAge }) => byAge[index]);
    const alarms = meanOf(
      cases.map((one) => one.alarms),
      1000,
    );
    rows.push({
      name: `known for ${age} days, ${name}: alarms`,
      value: alarms.value,
      unit: '/week/1,000',
      note: `${Math.round(alarms.low)}–${Math.round(alarms.high)}`,
    });
    for (const [which, incident] of INCIDENTS.entries()) {
      const { recall, median } = recallOf(cases.map(({ found }) => found[which]));
      rows.push({
        name: `known for ${age} days, ${name}: ${incident.name} found`,
        value: recall.value,
        unit: '',
        note: `${recall.low.toFixed(2)}–${recall.high.toFixed(2)}${median === undefined ? '' : `, ${median} min`}`,
      });
    }
  }
  return rows;
}

/** Alarms and recall for features of 2 days and of a week, with and without a known service above them. */
export function borrow(progress = () => {}) {
  const specs = ['code', 'chat'].flatMap((kind) =>
    [30, 200].flatMap((callsPerHour) =>
      Array.from({ length: SERIES }, (_, index) => ({
        kind,
        callsPerHour,
        seed: 7000 + 100 * index + callsPerHour + kind.length,
      })),
    ),
  );
  return [false, true].flatMap((hasParent) => {
    const results = specs.map((spec, index) => {
      progress(`${index + 1} of ${specs.length} features`);
      return caseOf(spec, hasParent);
    });
    return rowsFor(hasParent ? 'its service known' : 'alone', results);
  });
}
