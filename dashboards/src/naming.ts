import type { MetricSpec } from '@tokenmeter/semconv';

/**
 * How a store spells names. `underscores`: Prometheus' default translation, Mimir, Thanos, Grafana Cloud, VictoriaMetrics
 * with `-opentelemetry.usePrometheusNaming`. `utf8`: names as we emit them (Prometheus' `NoTranslation`, VictoriaMetrics'
 * default). Measured on Prometheus 3.15 and VictoriaMetrics 1.150.
 */
export type NamingStyle = 'underscores' | 'utf8';

/** Every style, the default first. */
export const NAMING_STYLES: readonly NamingStyle[] = ['underscores', 'utf8'];

/** Spells the names of one store for PromQL. */
export interface Naming {
  readonly style: NamingStyle;
  /** A selector of a metric as we emit it, with further matchers (`a="b",c=~"d"`). */
  select(spec: MetricSpec, matchers?: string, suffix?: '' | '_bucket' | '_sum' | '_count'): string;
  /** A label as it stands in a selector or a grouping, quoted where it must be. */
  label(attribute: string): string;
  /** The same for a legend of Grafana or an annotation of a rule. */
  legend(attribute: string): string;
}

/** Creates the spelling of one style. */
export function createNaming(style: NamingStyle): Naming {
  const isDotted = style === 'utf8';
  const plain = (name: string): string => (isDotted ? name : underscored(name));
  const label = (attribute: string): string => (isDotted ? `"${attribute}"` : plain(attribute));
  return {
    style,
    select(spec, matchers = '', suffix = '') {
      if (!isDotted) return `${prometheusName(spec)}${suffix}${braced(matchers)}`;
      return `{${[`"${spec.name}${suffix}"`, matchers].filter((part) => part !== '').join(',')}}`;
    },
    label,
    legend: plain,
  };
}

const UNITS: Readonly<Record<string, string>> = { USD: '_USD', s: '_seconds' };

/** What decides the name of a metric in Prometheus. */
export interface NamedMetric {
  readonly name: string;
  readonly unit: string;
  readonly kind: string;
}

/** The name that Prometheus' default strategy gives a metric that came by OTLP. Annotations in braces are no units. */
export function prometheusName({ name, unit, kind }: NamedMetric): string {
  return `${underscored(name)}${UNITS[unit] ?? ''}${kind === 'counter' ? '_total' : ''}`;
}

function underscored(name: string): string {
  return name.replaceAll('.', '_');
}

function braced(matchers: string): string {
  return matchers === '' ? '' : `{${matchers}}`;
}
