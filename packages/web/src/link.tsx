import type { ComponentChildren, JSX } from 'preact';
import { renderView, type View } from './view-link.ts';

/** A link to another view: turned over in place, yet a real address for a new tab. */
export function ViewLink({
  to,
  choose,
  isCurrent = false,
  name,
  title,
  children,
}: {
  readonly to: View;
  readonly choose: (view: View) => void;
  readonly isCurrent?: boolean;
  /** Class of the link. */
  readonly name: string;
  /** Shown where the pointer rests; undefined shows nothing. */
  readonly title?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  function follow(event: MouseEvent): void {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    event.preventDefault();
    choose(to);
  }
  return (
    <a
      class={name}
      title={title}
      href={renderView(to)}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={follow}
    >
      {children}
    </a>
  );
}
