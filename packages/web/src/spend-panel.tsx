import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Choice } from './choice.tsx';
import { formatDuration } from './format.ts';
import type { PageState } from './page-state.ts';
import { RangeChoice } from './range-choice.tsx';
import { SpendChart } from './spend-chart.tsx';
import { SpendTable } from './spend-table.tsx';
import { stackSeries } from './stack-series.ts';
import { Problem } from './states.tsx';
import { GROUPS, type View } from './view-link.ts';

interface SpendPanelProps {
  readonly state: PageState;
  readonly timeZone: string;
  readonly nowEpochMs: number;
  readonly choose: (view: View) => void;
  readonly retry: () => void;
}

function Body({ state, timeZone, nowEpochMs, choose, retry }: SpendPanelProps): JSX.Element {
  const { value, problem } = state.spend;
  const stack = useMemo(() => (value ? stackSeries(value) : undefined), [value]);
  if (!value || !stack) {
    if (problem) return <Problem problem={problem} retry={retry} />;
    return <div class="bone bone-chart" role="status" aria-label="Loading spend over time" />;
  }
  return (
    <>
      {problem && <Problem problem={problem} retry={retry} />}
      <SpendChart
        stack={stack}
        colours={state.colours}
        timeZone={timeZone}
        nowEpochMs={nowEpochMs}
      />
      <SpendTable spend={value} colours={state.colours} view={state.view} choose={choose} />
    </>
  );
}

/** Spend over time with its two switches, and the table of who spent it. */
export function SpendPanel(props: SpendPanelProps): JSX.Element {
  const { state, choose } = props;
  const { view } = state;
  const step = state.spend.value?.stepSeconds;
  return (
    <section class="panel spend-panel" aria-labelledby="spend-title">
      <header class="panel-head">
        <h2 id="spend-title">
          Spend over time
          <span class="panel-unit">
            {step === undefined ? ' USD' : ` USD per ${formatDuration(step * 1000)}`}
          </span>
        </h2>
        <div class="switches">
          <Choice
            name="by"
            label="Group spend by"
            options={GROUPS}
            chosen={view.groupBy}
            choose={(groupBy) => choose({ ...view, groupBy })}
          />
          <RangeChoice view={view} choose={choose} timeZone={props.timeZone} />
        </div>
      </header>
      <Body {...props} />
    </section>
  );
}
