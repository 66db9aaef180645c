import type { JSX } from 'preact';

/** A whole number with its name; what is no such number changes nothing. */
export function NumberField({
  label,
  value,
  most,
  unit,
  choose,
}: {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly unit?: string;
  readonly choose: (value: number) => void;
}): JSX.Element {
  return (
    <label class="field">
      <span class="field-name">{label}</span>
      <span class="field-box">
        <input
          type="number"
          inputMode="numeric"
          min={0}
          max={most}
          step={1}
          value={value}
          onInput={({ currentTarget }) => {
            const next = currentTarget.valueAsNumber;
            if (Number.isInteger(next) && next >= 0 && next <= most) choose(next);
          }}
        />
        {unit && <span class="field-unit">{unit}</span>}
      </span>
    </label>
  );
}
