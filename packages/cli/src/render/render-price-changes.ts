import type { PriceChange } from '@tokenmeter/pricing';
import { renderTable } from './render-table.ts';

/** Renders a rate for a person, without a sign of currency; undefined is a dash. */
export function renderRate(usd: number | undefined): string {
  return usd === undefined ? '–' : String(Number(usd.toFixed(6)));
}

function factor({ beforeUsd, afterUsd }: PriceChange): string {
  if (beforeUsd === undefined) return 'new';
  if (afterUsd === undefined) return 'gone';
  if (beforeUsd === 0) return '';
  const percent = (afterUsd / beforeUsd - 1) * 100;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(0)} %`;
}

/** Renders price changes as a table in USD per million tokens, or per request where the class is one. */
export function renderPriceChanges(changes: readonly PriceChange[]): string {
  return renderTable(
    [
      { name: 'model', isNumeric: false },
      { name: 'class', isNumeric: false },
      { name: 'before', isNumeric: true },
      { name: 'after', isNumeric: true },
      { name: 'change', isNumeric: true },
    ],
    changes.map((change) => [
      change.id,
      change.what,
      renderRate(change.beforeUsd),
      renderRate(change.afterUsd),
      factor(change),
    ]),
  );
}
