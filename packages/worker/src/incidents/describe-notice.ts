import type { Incident } from '@tokenmeter/anomaly';
import { createLinks, type LinkOptions } from '../channels/create-links.ts';
import { createNotice } from '../channels/create-notice.ts';
import type { Notice, NoticeLinks, NoticeTransition } from '../ports.ts';

/** What is said about an incident. */
interface NoticeRequest {
  readonly transition: NoticeTransition;
  readonly idempotencyKey: string;
  readonly epochMs: number;
  readonly note?: string;
}

/** Puts an incident into words. */
export type DescribeNotice = (incident: Incident, request: NoticeRequest) => Notice;

/** How notices are worded and where they lead. */
export interface DescribeOptions extends LinkOptions {
  readonly timeZone: string;
  /** Links by which a person acts without logging in; none without it. */
  readonly actionLinks?: (
    incidentId: string,
    epochMs: number,
  ) => Pick<NoticeLinks, 'acknowledge' | 'snooze' | 'expected'>;
}

/** Creates the function that describes incidents. */
export function createDescriber(options: DescribeOptions): DescribeNotice {
  const { timeZone, baseUrl, dashboardUrl, imageUrl, actionLinks } = options;
  return (incident, { transition, idempotencyKey, epochMs, note }) => {
    const { actor, resolvedEpochMs, silencedUntilEpochMs } = incident;
    const facts = {
      idempotencyKey,
      incidentId: incident.id,
      transition,
      severity: incident.severity,
      finding: incident.finding,
      epochMs,
      startedEpochMs: incident.startedEpochMs,
      lastFoundEpochMs: incident.lastFoundEpochMs,
      ...(actor === undefined ? {} : { actor }),
      ...(resolvedEpochMs === undefined ? {} : { resolvedEpochMs }),
      ...(silencedUntilEpochMs === undefined ? {} : { silencedUntilEpochMs }),
      ...(note === undefined ? {} : { note }),
    };
    const isOpen = transition !== 'resolved';
    const links = {
      ...createLinks(facts, { baseUrl, dashboardUrl, imageUrl }),
      ...(isOpen ? actionLinks?.(incident.id, epochMs) : {}),
    };
    return createNotice({ ...facts, links }, { timeZone });
  };
}
