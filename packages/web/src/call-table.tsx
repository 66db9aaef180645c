import type { JSX } from 'preact';
import type { CallRow } from './decode-calls.ts';
import { createUsdColumn, formatClock, formatCount, formatDay } from './format.ts';
import { ViewLink } from './link.tsx';
import type { View } from './view-link.ts';

interface TableProps {
  readonly calls: readonly CallRow[];
  readonly view: View;
  readonly choose: (view: View) => void;
  /** Key of the call whose facts are shown. */
  readonly opened: string | undefined;
  readonly open: (key: string | undefined) => void;
  readonly nowEpochMs: number;
  readonly timeZone: string;
}

const HEADS = ['Time', 'Cost', 'Feature', 'Model', 'Input', 'Cached', 'Output'] as const;
const NUMBERS: readonly string[] = ['Input', 'Cached', 'Output', 'Cost'];

function keyOf(call: CallRow): string {
  return JSON.stringify(call);
}

function countOf(count: number | undefined): string {
  return count === undefined ? '—' : formatCount(count);
}

function Facts({ call }: { readonly call: CallRow }): JSX.Element {
  const facts = [['Provider', call.provider] as const, ...call.facts];
  return (
    <tr class="call-facts">
      <td colSpan={HEADS.length}>
        <dl>
          {facts.map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </td>
    </tr>
  );
}

function TimeCell({ call, ...props }: TableProps & { readonly call: CallRow }): JSX.Element {
  const { timeZone, nowEpochMs, opened, open } = props;
  const key = keyOf(call);
  const day = formatDay(call.epochMs, timeZone);
  const isOpen = opened === key;
  return (
    <td class="number call-time">
      <button
        type="button"
        class="call-open"
        aria-expanded={isOpen}
        onClick={() => open(isOpen ? undefined : key)}
      >
        {formatClock(call.epochMs, timeZone, { seconds: true })}
        {day !== formatDay(nowEpochMs, timeZone) && <span class="call-day">{day}</span>}
      </button>
    </td>
  );
}

function Row({
  call,
  spend,
  ...props
}: TableProps & { call: CallRow; spend: (usd: number) => string }) {
  const { view, choose, opened } = props;
  return (
    <>
      <tr>
        <TimeCell {...props} call={call} />
        <td class="number">
          {call.costUsd === undefined ? (
            <span class="unpriced">unpriced</span>
          ) : (
            spend(call.costUsd)
          )}
        </td>
        <td>
          <ViewLink
            name="cell-link"
            title={call.feature}
            to={{ ...view, feature: call.feature }}
            choose={choose}
          >
            {call.feature}
          </ViewLink>
        </td>
        <td>
          <ViewLink
            name="cell-link"
            title={call.model}
            to={{ ...view, model: call.model }}
            choose={choose}
          >
            {call.model}
          </ViewLink>
        </td>
        <td class="number">{countOf(call.inputTokens)}</td>
        <td class="number">{countOf(call.cacheTokens)}</td>
        <td class="number">{countOf(call.outputTokens)}</td>
      </tr>
      {opened === keyOf(call) && <Facts call={call} />}
    </>
  );
}

/** Calls as a table; a row opens to all that is known of the call. */
export function CallTable(props: TableProps): JSX.Element {
  const costs = props.calls.map(({ costUsd }) => costUsd ?? 0);
  const spend = createUsdColumn(costs, 'smallest');
  return (
    <div class="table-scroll">
      <table class="call-table">
        <thead>
          <tr>
            {HEADS.map((head) => (
              <th scope="col" class={NUMBERS.includes(head) ? 'number' : ''} key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.calls.map((call) => (
            <Row key={keyOf(call)} {...props} call={call} spend={spend} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
