import type { JSX } from 'preact';

/** A row of alternatives of which one is chosen; a radio group, so arrow keys move in it. */
export function Choice<T extends string>({
  name,
  label,
  options,
  chosen,
  choose,
}: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly T[];
  /** Undefined when none of them is. */
  readonly chosen: T | undefined;
  readonly choose: (option: T) => void;
}): JSX.Element {
  return (
    <fieldset class="choice">
      <legend class="spoken">{label}</legend>
      {options.map((option) => (
        <label key={option}>
          <input
            type="radio"
            name={name}
            value={option}
            checked={option === chosen}
            onChange={() => choose(option)}
          />
          <span>{option}</span>
        </label>
      ))}
    </fieldset>
  );
}
