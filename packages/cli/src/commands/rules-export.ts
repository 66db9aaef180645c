import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseRuleSettings } from '@tokenmeter/anomaly';
import {
  DEFAULT_ALERT_LINKS,
  type NamingStyle,
  type RuleNumbers,
  type RuleTarget,
  renderRules,
  ruleNumbersOf,
} from '@tokenmeter/dashboards';
import { checkGrafanaUrl } from '../check-grafana-url.ts';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { CommandError, type Io } from '../io.ts';

/** Options of `tokenmeter rules export`. */
export interface RulesExportOptions {
  readonly for: RuleTarget;
  readonly names: NamingStyle;
  readonly config?: string;
  readonly grafanaUrl?: string;
  readonly datasourceUid?: string;
  /** Undefined: standard output. */
  readonly out?: string;
}

/** Writes recording and alert rules with the numbers and links of the configuration. */
export async function runRulesExport(options: RulesExportOptions, io: Io): Promise<void> {
  if (options.grafanaUrl !== undefined) checkGrafanaUrl(options.grafanaUrl);
  if (options.datasourceUid !== undefined && options.for !== 'grafana') {
    throw new CommandError(`--datasource-uid says nothing to ${options.for}`, {
      hint: 'it belongs to --for grafana',
      exitCode: 2,
    });
  }
  const loaded = loadConfig(io, { config: options.config, needsSecrets: false });
  const { baseUrl } = loaded.config;
  const text = renderRules({
    target: options.for,
    style: options.names,
    numbers: numbersOf(loaded),
    links: {
      runbook:
        baseUrl === undefined
          ? DEFAULT_ALERT_LINKS.runbook
          : (name) => `${baseUrl.replace(/\/+$/, '')}/runbooks/${name}`,
      grafanaUrl: options.grafanaUrl?.replace(/\/+$/, ''),
    },
    datasourceUid: options.datasourceUid,
  });
  if (options.out === undefined) {
    io.stdout(text);
    return;
  }
  try {
    await writeFile(resolve(io.cwd, options.out), text);
  } catch (error) {
    throw new CommandError(`${options.out} cannot be written`, {
      hint: 'check that its folder exists and may be written',
      cause: error,
    });
  }
  io.stdout(`${options.out} · rules for ${options.for}\n`);
}

function numbersOf({ config }: LoadedConfig): RuleNumbers {
  const parsed = parseRuleSettings(config.rules ?? {});
  if (!parsed.ok) {
    throw new CommandError(
      parsed.problems.map(({ path, problem }) => `rules.${path}: ${problem}`).join('\n'),
      { hint: 'tokenmeter config check shows where', exitCode: 2 },
    );
  }
  const numbers = ruleNumbersOf(parsed.settings);
  const budget = config.budgets.find(
    ({ period, service, environment, feature }) =>
      period === 'month' && (service ?? environment ?? feature) === undefined,
  );
  return budget === undefined ? numbers : { ...numbers, monthlyBudgetUsd: budget.limitUsd };
}
