import type { CommandResult, Incident, IncidentCommand } from '@tokenmeter/anomaly';
import { type IncidentView, renderIncidentView } from '../incident-view.ts';
import type { IncidentBook } from '../incidents/incident-book.ts';
import type { Mute } from '../routing/route.ts';
import type { IncidentEvent, KeptMute } from '../state/journal.ts';
import type { DeliveryRecord } from '../state/outbox.ts';
import type { StateStore } from '../state/state-store.ts';
import { type LinkClaim, verifyLink } from './signed-link.ts';

/** An incident with its history and what became of its notices. */
export interface IncidentDetail extends IncidentView {
  readonly events: readonly IncidentEvent[];
  readonly deliveries: readonly DeliveryRecord[];
}

/** What became of a person's command. */
export type DeskAnswer =
  | { readonly ok: true; readonly incident: IncidentView; readonly isNews: boolean }
  | {
      readonly ok: false;
      readonly kind: 'unknown' | 'ambiguous' | 'refused';
      readonly problem: string;
    };

/** Where people act on incidents: command, page, API, signed link and PagerDuty all come here. */
export interface IncidentDesk {
  /** Open incidents and past ones, open ones first; at most 200. */
  list(): readonly IncidentView[];
  /** One incident by its id, or by the beginning of it. */
  show(id: string): IncidentDetail | undefined;
  /** Carries out a command on the incident of an id, or of the only id that begins so. */
  act(id: string, command: IncidentCommand): DeskAnswer;
  /** Keeps what fits from being told until its end; returns the number of the mute. */
  mute(mute: Mute): number;
  /** Ends a mute; false when there is none. */
  unmute(id: number): boolean;
  /** Mutes that have not ended, without those of the configuration. */
  mutes(epochMs: number): readonly KeptMute[];
  /** What a signed link asks for; undefined when it is not ours or has expired. */
  readLink(token: string, epochMs: number): LinkClaim | undefined;
}

/** What a desk works with. */
export interface DeskOptions {
  readonly store: StateStore;
  readonly book: IncidentBook;
  readonly render: { readonly timeZone: string; readonly pageUrl?: string | undefined };
  /** Called after a command that changed something. */
  readonly onChange?: () => void;
}

const MOST_LISTED = 200;
/** Purpose of the key that signs links. */
export const LINK_SECRET = 'links';

/** Opens the desk on a state. */
export function createIncidentDesk(options: DeskOptions): IncidentDesk {
  const { store, book, render, onChange } = options;
  const view = (incident: Incident): IncidentView | undefined =>
    renderIncidentView(incident, render);
  const resolveId = (id: string): string | { readonly kind: 'unknown' | 'ambiguous' } => {
    if (id === '') return { kind: 'unknown' };
    const ids = store.incidents.idsLike(id);
    if (ids.includes(id)) return id;
    const [only, ...others] = ids;
    if (only === undefined) return { kind: 'unknown' };
    return others.length > 0 ? { kind: 'ambiguous' } : only;
  };
  return {
    list: () => store.incidents.list(MOST_LISTED).flatMap((incident) => view(incident) ?? []),
    show: (asked) => {
      const id = resolveId(asked);
      const found = typeof id === 'string' ? store.incidents.find(id) : undefined;
      const shown = found && view(found.incident);
      if (found === undefined || shown === undefined) return undefined;
      const { id: incidentId } = found.incident;
      return {
        ...shown,
        events: store.journal.eventsOf(incidentId),
        deliveries: store.outbox.deliveriesOf(incidentId),
      };
    },
    act: (asked, command) => {
      const id = resolveId(asked);
      if (typeof id !== 'string') {
        const problem =
          id.kind === 'ambiguous'
            ? `several incidents begin with ${asked}`
            : `there is no incident ${asked}`;
        return { ok: false, kind: id.kind, problem };
      }
      const answer = describeResult(book.command(id, command), view);
      if (answer.ok) onChange?.();
      return answer;
    },
    mute: (mute) => store.journal.addMute(mute),
    unmute: (id) => store.journal.dropMute(id),
    mutes: (epochMs) => store.journal.mutes(epochMs),
    readLink: (token, epochMs) => verifyLink(token, store.secretFor(LINK_SECRET), epochMs),
  };
}

function describeResult(
  result: CommandResult | undefined,
  view: (incident: Incident) => IncidentView | undefined,
): DeskAnswer {
  if (result === undefined) {
    return { ok: false, kind: 'unknown', problem: 'there is no such incident' };
  }
  if (!result.ok) return { ok: false, kind: 'refused', problem: result.problem };
  const incident = view(result.incident);
  if (incident === undefined) {
    return { ok: false, kind: 'unknown', problem: 'there is no such incident' };
  }
  return { ok: true, incident, isNews: result.transition !== undefined };
}
