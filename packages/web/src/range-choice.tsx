import type { JSX } from 'preact';
import { Choice } from './choice.tsx';
import { formatInstant } from './format.ts';
import { RANGES, type View } from './view-link.ts';

/** The choice of a stretch of time. A fixed one, which a link brought, is shown beside it and can be taken away. */
export function RangeChoice({
  view,
  choose,
  timeZone,
}: {
  readonly view: View;
  readonly choose: (view: View) => void;
  readonly timeZone: string;
}): JSX.Element {
  const { span, ...rest } = view;
  return (
    <>
      {span && (
        <button
          type="button"
          class="button filter"
          onClick={() => choose(rest)}
          aria-label="Remove the fixed time range"
        >
          {formatInstant(span.fromEpochMs, 0, timeZone)} –{' '}
          {formatInstant(span.toEpochMs, span.fromEpochMs, timeZone)}
          <span aria-hidden="true"> ×</span>
        </button>
      )}
      <Choice
        name="range"
        label="Time range"
        options={RANGES}
        chosen={span ? undefined : view.range}
        choose={(range) => choose({ ...rest, range })}
      />
    </>
  );
}
