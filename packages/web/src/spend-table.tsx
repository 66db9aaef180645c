import type { SpendSeries } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type ColourSlots, isNeutralKey } from './assign-colours.ts';
import { describeRows, type SpendRow } from './describe-rows.ts';
import { createUsdColumn, formatCount, formatShare } from './format.ts';
import { ViewLink } from './link.tsx';
import { Swatch } from './swatch.tsx';
import { moveTo, type View } from './view-link.ts';

type Column = (usd: number) => string;

interface CellsProps {
  readonly row: SpendRow;
  readonly spend: Column;
  readonly perCall: Column;
  readonly isTotal?: boolean;
}

function Cells({ row, spend, perCall, isTotal }: CellsProps): JSX.Element {
  return (
    <>
      <td class="number">
        {row.usd === undefined ? (
          <span class="unpriced">{row.unpricedCalls > 0 ? 'unpriced' : '—'}</span>
        ) : (
          spend(row.usd)
        )}
      </td>
      <td class="share-cell">
        {row.share !== undefined && (
          <span class="share">
            {!isTotal && (
              <span class="share-track" aria-hidden="true">
                <span class="share-bar" style={{ width: `${row.share * 100}%` }} />
              </span>
            )}
            <span class="number">{formatShare(row.share)}</span>
          </span>
        )}
      </td>
      <td class="number">
        {formatCount(row.calls)}
        {row.usd !== undefined && row.unpricedCalls > 0 && (
          <span class="cell-note">{`${formatCount(row.unpricedCalls)} unpriced`}</span>
        )}
      </td>
      <td class="number">{row.usdPerCall === undefined ? '—' : perCall(row.usdPerCall)}</td>
    </>
  );
}

/** The key, which leads to its calls. */
function KeyName({
  name,
  view,
  choose,
}: {
  readonly name: string;
  readonly view: View;
  readonly choose: (view: View) => void;
}): JSX.Element {
  const { groupBy } = view;
  if (isNeutralKey(name)) {
    return (
      <span class="key-name" title={name}>
        {name || 'unattributed'}
      </span>
    );
  }
  return (
    <ViewLink
      name="key-name cell-link"
      title={name}
      to={{ ...moveTo(view, 'calls'), [groupBy]: name }}
      choose={choose}
    >
      {name}
    </ViewLink>
  );
}

function Heads({ groupBy }: Pick<View, 'groupBy'>): JSX.Element {
  return (
    <thead>
      <tr>
        <th scope="col">{groupBy}</th>
        <th scope="col" class="number">
          Spend
        </th>
        <th scope="col" class="share-cell">
          Share
        </th>
        <th scope="col" class="number">
          Calls
        </th>
        <th scope="col" class="number">
          USD / call
        </th>
      </tr>
    </thead>
  );
}

/** Who spent what: spend, share, calls and USD per call by key, with the total. What `other` holds opens below it. */
export function SpendTable({
  spend,
  colours,
  view,
  choose,
}: {
  readonly spend: SpendSeries;
  readonly colours: ColourSlots;
  readonly view: View;
  readonly choose: (view: View) => void;
}): JSX.Element {
  const [isOpen, open] = useState(false);
  const { rows, rest, total } = describeRows(spend);
  const shown = isOpen ? [...rows, ...rest] : rows;
  const spends = createUsdColumn([total.usd ?? 0], 'largest');
  const perCallValues = shown.map((row) => row.usdPerCall ?? 0);
  const cells = { spend: spends, perCall: createUsdColumn(perCallValues, 'smallest') };
  return (
    <div class="table-scroll">
      <table class="spend-table">
        <caption class="spoken">{`Spend by ${view.groupBy} in the chosen range`}</caption>
        <Heads groupBy={view.groupBy} />
        <tbody>
          {shown.map((row, index) => (
            <tr key={index < rows.length ? row.key : `rest ${row.key}`}>
              <th scope="row" class={index < rows.length ? '' : 'key-rest'}>
                <span class="key">
                  <Swatch colours={colours} name={row.key} />
                  <KeyName name={row.key} view={view} choose={choose} />
                </span>
              </th>
              <Cells row={row} {...cells} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <Cells isTotal row={total} {...cells} />
          </tr>
        </tfoot>
      </table>
      <Below groupBy={view.groupBy} rest={rest.length} isOpen={isOpen} open={open} />
    </div>
  );
}

function Below({
  groupBy,
  rest,
  isOpen,
  open,
}: Pick<View, 'groupBy'> & {
  readonly rest: number;
  readonly isOpen: boolean;
  readonly open: (isOpen: boolean) => void;
}): JSX.Element {
  return (
    <>
      {rest > 0 && (
        <button
          type="button"
          class="button table-more"
          aria-expanded={isOpen}
          onClick={() => open(!isOpen)}
        >
          {isOpen ? 'Hide what is in other' : `Show the ${rest} largest of other`}
        </button>
      )}
      {groupBy === 'user' && (
        <p class="table-note">
          Users are known of single calls: those that sampling left out, or that are past their
          time, are not in this table.
        </p>
      )}
    </>
  );
}
