// How the real programs that tests run against are built: sources from the Go module proxy, Maven and npm, pinned.
const COLLECTOR_VERSION = '0.155.0';

/** Sources that are one Go module each: a go.mod that names it, and the commands in it. */
function goModule({
  name,
  version,
  go = '1.26',
  require,
  extra = '',
  tags = '',
  commands,
  ...rest
}) {
  const goMod = `module tokenmeter.invalid/${name}\n\ngo ${go}\n\nrequire ${require}\n${extra}`;
  return { name, version, tool: 'go', kind: 'go', goMod, tags, commands, ...rest };
}

const PROMETHEUS_EXTRA = `
exclude (
	github.com/linode/linodego v1.0.0
	github.com/grpc-ecosystem/grpc-gateway v1.14.7
	google.golang.org/api v0.30.0
)

replace cloud.google.com/go => cloud.google.com/go v0.123.0
`;

/** In the order in which they are built: what most tests need first. */
export const RECIPES = [
  {
    name: 'collector',
    version: COLLECTOR_VERSION,
    tool: 'go',
    // Built as `tokenmeter collector build` builds it, into the same place.
    kind: 'collector',
    commands: { 'otelcol-tokenmeter': '.' },
    minutes: 2,
  },
  goModule({
    name: 'victoriametrics',
    version: '1.150.0',
    go: '1.26.6',
    require: 'github.com/VictoriaMetrics/VictoriaMetrics v1.150.0',
    commands: {
      'victoria-metrics': 'github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics',
    },
    minutes: 1,
  }),
  goModule({
    name: 'prometheus',
    version: '3.15.0',
    require: 'github.com/prometheus/prometheus v0.315.0',
    extra: PROMETHEUS_EXTRA,
    commands: {
      promtool: 'github.com/prometheus/prometheus/cmd/promtool',
      prometheus: 'github.com/prometheus/prometheus/cmd/prometheus',
    },
    minutes: 5,
  }),
  goModule({
    name: 'alertmanager',
    version: '0.31.1',
    require: 'github.com/prometheus/alertmanager v0.31.1',
    commands: {
      alertmanager: 'github.com/prometheus/alertmanager/cmd/alertmanager',
      amtool: 'github.com/prometheus/alertmanager/cmd/amtool',
    },
    minutes: 1,
  }),
  goModule({
    name: 'thanos',
    version: '0.42.0',
    require: 'github.com/thanos-io/thanos v0.42.0',
    // It builds only against the forks that its own go.mod names, which a dependent module does not inherit.
    replacesOf: 'github.com/thanos-io/thanos@v0.42.0',
    // Without this tag it builds, and panics at the first Info call.
    tags: 'slicelabels',
    commands: { thanos: 'github.com/thanos-io/thanos/cmd/thanos' },
    minutes: 3,
  }),
  goModule({
    name: 'telemetrygen',
    version: COLLECTOR_VERSION,
    require: `github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen v${COLLECTOR_VERSION}`,
    commands: {
      telemetrygen: 'github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen',
    },
    minutes: 1,
  }),
  {
    name: 'kafka',
    version: '4.1.1',
    tool: 'mvn',
    kind: 'maven',
    dependencies: [
      { groupId: 'org.apache.kafka', artifactId: 'kafka_2.13', version: '4.1.1' },
      { groupId: 'org.slf4j', artifactId: 'slf4j-nop', version: '1.7.36' },
    ],
    commands: { libs: 'libs' },
    minutes: 1,
  },
  {
    name: 'chdb',
    version: '3.4.0',
    tool: 'npm',
    kind: 'npm',
    dependencies: { chdb: '3.4.0' },
    commands: { node_modules: 'node_modules' },
    minutes: 1,
  },
  {
    name: 'datadog-client',
    version: '1.64.0',
    tool: 'npm',
    kind: 'npm',
    dependencies: { '@datadog/datadog-api-client': '1.64.0' },
    commands: { node_modules: 'node_modules' },
    minutes: 1,
  },
];
