import { type ActOptions, createActRespond, isActPath } from './act-routes.ts';
import {
  createPagerDutyRespond,
  PAGERDUTY_PATH,
  type PagerDutyOptions,
} from './pagerduty-webhook.ts';
import type { Respond } from './respond.ts';

/** Creates who answers requests that carry a signature of their own: links in alerts, and PagerDuty's webhooks. */
export function createSignedRoutes(
  options: ActOptions & PagerDutyOptions,
): (path: string) => Respond | undefined {
  const act = createActRespond(options);
  const pagerDuty = createPagerDutyRespond(options);
  return (path) => {
    if (isActPath(path)) return act;
    return path === PAGERDUTY_PATH ? pagerDuty : undefined;
  };
}
