import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { CallTable } from './call-table.tsx';
import { Choice } from './choice.tsx';
import { filterCalls } from './decode-calls.ts';
import type { BodyProps } from './live-body.tsx';
import { RangeChoice } from './range-choice.tsx';
import { Problem } from './states.tsx';
import { type CallFilters, FILTERS, ORDERS, renderCallsCsvPath, type View } from './view-link.ts';

const ORDER_WORDS = { cost: 'Most expensive', recent: 'Latest' } as const;

function without(view: View, name: keyof CallFilters): View {
  const { [name]: _, ...rest } = view;
  return rest;
}

function Filters({
  view,
  choose,
}: {
  readonly view: View;
  readonly choose: (view: View) => void;
}): JSX.Element {
  return (
    <div class="filters">
      {FILTERS.map(([name]) => name)
        .filter((name) => view[name])
        .map((name) => (
          <button
            type="button"
            class="button filter"
            key={name}
            onClick={() => choose(without(view, name))}
            aria-label={`Remove the filter: ${name} ${view[name]}`}
          >
            <span class="filter-name">{name}</span> {view[name]}
            <span aria-hidden="true">×</span>
          </button>
        ))}
    </div>
  );
}

/** The page Calls: the most expensive or the latest calls, each down to its facts. */
export function CallsPage({ page, overview, timeZone }: BodyProps): JSX.Element {
  const { state, choose, retry } = page;
  const { view } = state;
  const { problem } = state.calls;
  // A server that knows no such filter answers with all calls.
  const value = state.calls.value && filterCalls(state.calls.value, view);
  const [opened, open] = useState<string | undefined>(undefined);
  return (
    <section class="panel" aria-labelledby="calls-title">
      <header class="panel-head">
        <h2 id="calls-title">
          {`${ORDER_WORDS[view.order]} calls`}
          <span class="panel-unit">{value ? ` ${value.length} shown` : ''}</span>
        </h2>
        <Filters view={view} choose={choose} />
        <div class="switches">
          <RangeChoice view={view} choose={choose} timeZone={timeZone} />
          <Choice
            name="order"
            label="Order of calls"
            options={ORDERS}
            chosen={view.order}
            choose={(order) => choose({ ...view, order })}
          />
          <a
            class="button"
            href={renderCallsCsvPath(view, overview.nowEpochMs)}
            download="calls.csv"
          >
            CSV
          </a>
        </div>
      </header>
      {problem && <Problem problem={problem} retry={retry} />}
      {!value && !problem && (
        <div class="bone bone-alerts" role="status" aria-label="Loading calls" />
      )}
      {value?.length === 0 && <p class="quiet">No call in this range matches.</p>}
      {value && value.length > 0 && (
        <CallTable
          calls={value}
          view={view}
          choose={choose}
          opened={opened}
          open={open}
          nowEpochMs={overview.nowEpochMs}
          timeZone={timeZone}
        />
      )}
    </section>
  );
}
