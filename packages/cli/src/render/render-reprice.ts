import type { RepricedModel, RepricedTotal, RepriceReport } from '@tokenmeter/server';
import { renderUsd } from './render-money.ts';
import { renderTable } from './render-table.ts';

function renderDifference(usd: number): string {
  if (usd === 0) return renderUsd(0);
  return `${usd < 0 ? '-' : '+'}${renderUsd(Math.abs(usd))}`;
}

function rowOf({ model, calls, changedCalls, before, after }: RepricedModel): readonly string[] {
  return [
    model,
    String(calls),
    String(changedCalls),
    renderUsd(before.usd),
    renderUsd(after.usd),
    renderDifference(after.usd - before.usd),
    `${before.unpricedCalls} → ${after.unpricedCalls}`,
  ];
}

const KEPT = [
  ['reportedCost', 'whose cost the provider or another tool reported'],
  ['severalPasses', 'of several passes, whose tokens the ledger does not keep apart'],
  ['notRecorded', 'from before the ledger kept enough to price them again'],
] as const;

/** Renders what a repricing changes, for a person: by model, largest change first. */
export function renderReprice(report: RepriceReport): string {
  const table = renderTable(
    [
      { name: 'model', isNumeric: false },
      { name: 'calls', isNumeric: true },
      { name: 'changed', isNumeric: true },
      { name: 'old', isNumeric: true },
      { name: 'new', isNumeric: true },
      { name: 'difference', isNumeric: true },
      { name: 'unpriced', isNumeric: true },
    ],
    [...report.models.map(rowOf), rowOf({ model: 'total', ...report })],
  );
  const kept = KEPT.flatMap(([key, what]) => {
    const calls = report.kept[key];
    return calls === 0 ? [] : [`keep their cost: ${calls} ${what}\n`];
  });
  return `${table}${kept.join('')}price book ${report.priceBook}\n`;
}

const totalJson = ({ usd, unpricedCalls }: RepricedTotal): object => ({
  cost_usd: usd,
  unpriced_calls: unpricedCalls,
});

const figuresJson = ({ calls, changedCalls, before, after }: Omit<RepricedModel, 'model'>) => ({
  calls,
  changed_calls: changedCalls,
  old: totalJson(before),
  new: totalJson(after),
});

/** Renders the same as one JSON line. */
export function renderRepriceJson(report: RepriceReport): string {
  const { reportedCost, severalPasses, notRecorded } = report.kept;
  const line = {
    from: new Date(report.fromEpochMs).toISOString(),
    to: new Date(report.toEpochMs).toISOString(),
    book: report.priceBook,
    applied: report.isApplied,
    ...figuresJson(report),
    kept: {
      reported_cost: reportedCost,
      several_passes: severalPasses,
      not_recorded: notRecorded,
    },
    models: report.models.map((model) => ({ model: model.model, ...figuresJson(model) })),
  };
  return `${JSON.stringify(line)}\n`;
}
