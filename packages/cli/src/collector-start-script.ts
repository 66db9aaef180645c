// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables, in the words of the Collector
import { type CollectorComposition, includedFiles } from '@tokenmeter/collector-config';
import { knowsSenders } from './collector-choice.ts';
import { GO_GC_PERCENT } from './collector-environment.ts';
import { holdsBaseUrl, holdsHeaders } from './collector-variables.ts';

/** Variables that the script gives a value of its own. */
const SET_HERE: ReadonlySet<string> = new Set(['TOKENMETER_RUN_ID']);

/**
 * A POSIX shell script that starts a composition from the folder in which it lies: it names what is not set, gives the
 * start a fresh run id, and takes otelcol-tokenmeter or otelcol-contrib from PATH, or what TOKENMETER_COLLECTOR names.
 */
export function renderStartScript(composition: CollectorComposition): string {
  const required = composition.variables
    .filter(({ name, isRequired }) => isRequired && !SET_HERE.has(name))
    .map(({ name, file }) => `need ${name} ${file}`);
  const data = includedFiles(composition.merged).map(
    ({ variable, path }) => `export ${variable}="\${${variable}:-$here/${path}}"`,
  );
  const settled = composition.variables.flatMap(({ name }) => settleLine(name));
  const names = composition.variables.map(({ name }) => name).join(' ');
  const configs = composition.files.map((file) => `  --config "$here/${file}" \\`);
  return [
    HEAD,
    required.join('\n'),
    ...(knowsSenders(composition) ? [] : [LOOPBACK_ONLY]),
    MIDDLE,
    `${UNSET}\nfor name in ${names}; do unset_empty "$name"; done`,
    ...(settled.length > 0 ? [SETTLE, ...settled] : []),
    data.join('\n'),
    TAIL,
    configs.join('\n'),
    `  --config 'yaml:${composition.override}'`,
    '',
  ].join('\n');
}

/** Variables whose values are anybody's text. */
const SECRET = /_(?:KEY|TOKEN|SECRET|PASSWORD|USER|STRING|INSTANCE_ID)$/;

/** As `settleVariables` does it for `run`. */
function settleLine(name: string): readonly string[] {
  if (holdsBaseUrl(name)) return [`base_url ${name}`];
  if (holdsHeaders(name)) return [`headers ${name}`];
  return SECRET.test(name) ? [`text ${name}`] : [];
}

const HEAD = `#!/bin/sh
# Starts the Collector with the files of this folder.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
missing=0
need() {
  eval "value=\\\${$1:-}"
  if [ -z "$value" ]; then echo "$1 is not set; $2 needs it" >&2; missing=1; fi
}`;

const LOOPBACK_ONLY = `case "\${TOKENMETER_OTLP_HOST:-127.0.0.1}" in
  127.*|localhost|::1|'[::1]') ;;
  *) echo "the intake on $TOKENMETER_OTLP_HOST would take spans from anyone; write this folder again with --auth bearer, basic or mtls" >&2; missing=1 ;;
esac`;

const MIDDLE = `[ "$missing" -eq 0 ] || exit 2
# A fresh id per start: it becomes service.instance.id of derived counters.
TOKENMETER_RUN_ID=$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen)
export TOKENMETER_RUN_ID
# Cleans memory up less often than Go would: a sixth less processor time for some 50 MiB.
export GOGC="\${GOGC:-${GO_GC_PERCENT}}"
export TOKENMETER_QUEUE_DIR="\${TOKENMETER_QUEUE_DIR:-$here/queue}"`;

const UNSET = `# The Collector reads a variable that is set to nothing as nothing, and not as its default.
unset_empty() {
  eval "value=\\\${$1:-}"
  [ -n "$value" ] || unset "$1"
}`;

const SETTLE = `# The Collector reads two dollars as one.
text() {
  eval "value=\\\${$1:-}"
  [ -z "$value" ] || export "$1=$(printf %s "$value" | sed 's/[$]/$$/g; s/[$][$]{env:/\${env:/g')"
}
# It appends the path itself; //api is another path to many servers.
base_url() {
  eval "value=\\\${$1:-}"
  [ -z "$value" ] || export "$1=$(printf %s "$value" | sed 's|/*$||; s|/v1/traces$||; s|/v1/metrics$||')"
}
# A YAML map, or a=b,c=d.
headers() {
  eval "value=\\\${$1:-}"
  case "$value" in
    ''|'{'*) ;;
    *) export "$1={$(printf %s "$value" | sed 's/ *\\([^=,]*\\)=\\([^,]*\\)/"\\1": "\\2"/g')}" ;;
  esac
  text "$1"
}`;

const TAIL = `collector=\${TOKENMETER_COLLECTOR:-$(command -v otelcol-tokenmeter || command -v otelcol-contrib || true)}
if [ -z "$collector" ]; then
  echo "no otelcol-contrib on PATH; name one in TOKENMETER_COLLECTOR" >&2
  exit 1
fi
exec "$collector" \\`;
