import type { JSX } from 'preact';
import { type ColourSlots, isNeutralKey } from './assign-colours.ts';

/** Name of the custom property that holds the colour of a key; grey for keys without one. */
export function colourProperty(colours: ColourSlots, key: string): string {
  const slot = isNeutralKey(key) ? undefined : colours.get(key);
  return slot === undefined ? '--series-rest' : `--series-${slot}`;
}

/** The small square that ties a row to its bars. */
export function Swatch({
  colours,
  name,
}: {
  readonly colours: ColourSlots;
  readonly name: string;
}): JSX.Element {
  const colour = `var(${colourProperty(colours, name)})`;
  return <span class="swatch" style={{ backgroundColor: colour }} aria-hidden="true" />;
}
