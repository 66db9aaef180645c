import { general, tokenmeter, WORKER_METRICS } from '@tokenmeter/semconv';
import { type Naming, prometheusName } from '../naming.ts';

/** Alerts of our rules that fire, within the filters of the board. What has no service or feature concerns everybody. */
export function firingAlerts(naming: Naming): string {
  const scope = [
    [general.serviceName, 'service'],
    [general.deploymentEnvironmentName, 'environment'],
    [tokenmeter.feature, 'feature'],
  ] as const;
  const matchers = scope.map(([name, variable]) => `${naming.label(name)}=~"$${variable}|"`);
  return `ALERTS{alertname=~"Tokenmeter.*",alertstate="firing",${matchers.join(',')}}`;
}

/** The worker's open incidents, within the filters of the board. They are scraped, so they have words of their own. */
export function openIncidents(): string {
  const matchers = ['service', 'environment', 'feature'].map((name) => `${name}=~"$${name}|"`);
  return `${prometheusName(WORKER_METRICS.incident)}{${matchers.join(',')}}`;
}
