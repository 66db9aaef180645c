import type { AlertView } from '@tokenmeter/server';
import type { JSX } from 'preact';

const WIDTH = 100;

/** Where the observed figure lies against the expected range; the words beside it say the same. */
export function RangeGauge({
  observed,
  expected,
}: Pick<AlertView, 'observed' | 'expected'>): JSX.Element {
  const end = Math.max(observed, expected.high, Number.MIN_VALUE) * 1.06;
  const at = (value: number) => (Math.max(0, value) / end) * WIDTH;
  const low = at(expected.low);
  return (
    <svg
      class="gauge"
      viewBox={`0 0 ${WIDTH} 8`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="gauge-track" x="0" y="2.5" width={WIDTH} height="3" />
      <rect
        class="gauge-expected"
        x={low}
        y="1"
        width={Math.max(0.8, at(expected.high) - low)}
        height="6"
      />
      <rect class="gauge-observed" x={at(observed) - 0.4} y="0" width="0.8" height="8" />
    </svg>
  );
}
