import type { JSX } from 'preact';
import type { EstimateRow } from './describe-estimates.ts';
import { createUsdColumn, formatUsd } from './format.ts';

const NONE = '—';

function describeDelta({ deltaUsd }: EstimateRow): string {
  if (deltaUsd === undefined) return NONE;
  return `${deltaUsd > 0 ? '+' : ''}${formatUsd(deltaUsd)}`;
}

/** What each model would cost, by call and by month, against the first. */
export function EstimateTable({
  rows,
  remove,
}: {
  readonly rows: readonly EstimateRow[];
  readonly remove: (id: string) => void;
}): JSX.Element {
  const inCall = createUsdColumn(
    rows.map(({ usdPerCall }) => usdPerCall ?? 0),
    'smallest',
  );
  return (
    <div class="table-scroll">
      <table class="spend-table estimate-table">
        <caption class="spoken">Cost of the same calls by model</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            {['USD / call', 'USD / month', 'Difference', 'Price of'].map((head) => (
              <th scope="col" class="number" key={head}>
                {head}
              </th>
            ))}
            <th scope="col">
              <span class="spoken">Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row">
                <span class="key">
                  <span class="key-name" title={row.id}>
                    {row.id}
                  </span>
                </span>
              </th>
              <td class="number">{row.usdPerCall === undefined ? NONE : inCall(row.usdPerCall)}</td>
              <td class="number estimate-month">
                {row.usdPerMonth === undefined ? (
                  <span class="unpriced">no price</span>
                ) : (
                  formatUsd(row.usdPerMonth)
                )}
              </td>
              <td class="number">{describeDelta(row)}</td>
              <td class="number">{row.refreshed ?? NONE}</td>
              <td>
                <button
                  type="button"
                  class="button"
                  aria-label={`Remove ${row.id}`}
                  disabled={rows.length === 1}
                  onClick={() => remove(row.id)}
                >
                  <span aria-hidden="true">×</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
