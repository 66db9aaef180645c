// The archive of every compile: lines are only ever appended, so that a call of last March keeps last March's price.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

const OWN_FIELDS = ['f', 'u', 'w', 'd', 'e'];

/** Rows by `provider/model` as the archive leaves them: the last line of a row holds all its periods. */
export function readArchive(path) {
  const rows = new Map();
  if (!existsSync(path)) return rows;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    const { provider, row } = JSON.parse(line);
    rows.set(`${provider}/${row.m}`, { provider, row });
  }
  return rows;
}

/**
 * Adds what a compile changed. A price that changed without a date is a new period from the day of the compile on; a
 * row that the source dropped stays; only rows in `corrected` may lose a period. Returns the changes.
 */
export function archiveRows(path, providers, { date, corrected }) {
  const known = readArchive(path);
  const changes = providers.flatMap((provider) =>
    provider.rows.flatMap((row) => {
      const id = `${provider.id}/${row.m}`;
      const change = changeOf(known.get(id)?.row, row, { date, isCorrected: corrected.has(id) });
      return change === undefined ? [] : [{ compiled: date, provider: provider.id, ...change }];
    }),
  );
  if (changes.length > 0) {
    appendFileSync(path, changes.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
  return changes;
}

function changeOf(before, row, { date, isCorrected }) {
  if (before === undefined) return { change: 'new', row };
  const after = isCorrected ? row : continueRow(before, row, date);
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  return { change: isCorrected ? 'corrected' : 'changed', row: after };
}

function continueRow(before, after, date) {
  const from = Date.parse(`${date}T00:00:00Z`);
  const fresh = after.p.filter((period, at) => isFresh(period, after.p.slice(at + 1), before.p));
  const dated = fresh.map((period) => ({ ...period, f: period.f ?? from }));
  return { ...after, p: [...before.p, ...dated] };
}

// The price of now is compared with the last known one of the same hours; periods of the past only have to be known.
function isFresh(period, later, known) {
  const isCurrent = period.f === undefined && !later.some((each) => sameHours(each, period));
  if (!isCurrent) return !known.some((each) => samePeriod(each, period));
  const last = known.findLast((each) => sameHours(each, period));
  return last === undefined || priceOf(last) !== priceOf(period);
}

function sameHours(a, b) {
  return ['w', 'd', 'e'].every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));
}

function samePeriod(a, b) {
  return (
    priceOf(a) === priceOf(b) &&
    OWN_FIELDS.every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]))
  );
}

// Only the prices count: a fee or tier added to the table is a new period, a changed order of keys is not.
function priceOf({ t, r, c, x }) {
  const sorted = (rates) => Object.entries(rates ?? {}).sort(([a], [b]) => a.localeCompare(b));
  const tiers = (x ?? []).map(([above, card]) => [above, sorted(card.t), sorted(card.r), card.c]);
  return JSON.stringify([sorted(t), sorted(r), c, tiers]);
}
