import type { JSX } from 'preact';

/** Shapes that differ without their colour. */
export type IconName =
  | 'critical'
  | 'warning'
  | 'info'
  | 'resolved'
  | 'up'
  | 'down'
  | 'level'
  | 'copy';

const PATHS: Readonly<Record<IconName, string>> = {
  critical: 'M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2zM8 4.6v4M8 11.2v.1',
  warning: 'M8 1.8l6.6 12H1.4zM8 6.4v3.4M8 11.9v.1',
  info: 'M8 1.6a6.4 6.4 0 1 1 0 12.8A6.4 6.4 0 0 1 8 1.6zM8 7.4v3.8M8 4.8v.1',
  resolved: 'M8 1.6a6.4 6.4 0 1 1 0 12.8A6.4 6.4 0 0 1 8 1.6zM5.2 8.2l2 2 3.6-4',
  up: 'M8 13V3.4M4 7.2L8 3.2l4 4',
  down: 'M8 3v9.6M4 8.8l4 4 4-4',
  level: 'M3 6h10M3 10h10',
  copy: 'M5.5 5.5h8v8h-8zM10.5 2.5h-8v8',
};

/** One of the page's icons, in the colour of the text around it; words beside it carry the meaning. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
