import { createDescriber } from '../incidents/describe-notice.ts';
import { IncidentBook } from '../incidents/incident-book.ts';
import { NoticeQueue } from '../incidents/notice-queue.ts';
import { completeRouting } from '../routing/default-routing.ts';
import { StateStore } from '../state/state-store.ts';
import { createIncidentDesk, type IncidentDesk } from './incident-desk.ts';

/** A desk of its own on a state file. */
export interface OpenDesk extends Disposable {
  readonly desk: IncidentDesk;
}

/**
 * Opens a desk on a state file, whether or not a worker runs on it: a running one sees what changed within a second and
 * tells its channels. Throws a `StateError` for a file that it cannot use.
 */
export function openDesk(
  statePath: string,
  render: { readonly timeZone: string; readonly pageUrl?: string | undefined },
): OpenDesk {
  const store = new StateStore(statePath);
  const { timeZone, pageUrl } = render;
  const describe = createDescriber({ timeZone, baseUrl: pageUrl });
  const queue = new NoticeQueue({ store, describe, timeZone });
  // Commands tell only channels that were told before, so that routes do not matter here.
  const book = new IncidentBook({
    store,
    queue,
    shard: '',
    routing: completeRouting({}, [], {}),
  });
  const desk = createIncidentDesk({ store, book, render });
  return { desk, [Symbol.dispose]: () => store[Symbol.dispose]() };
}
