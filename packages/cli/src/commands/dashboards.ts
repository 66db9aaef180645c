import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';

function jsonOption(): Option {
  return new Option('--json', 'JSON lines for machines');
}

function namesOption(): Option {
  return new Option(
    '--names <style>',
    'how the store spells names: underscores (Prometheus’ default) or utf8 (names with dots)',
  )
    .choices(['underscores', 'utf8'])
    .default('underscores');
}

/** The options that decide what boards look like. */
function withChoice(command: Command): Command {
  return command
    .addOption(
      new Option('--for <tool>', 'whose boards')
        .choices(['grafana', 'datadog', 'cloudwatch'])
        .default('grafana'),
    )
    .addOption(namesOption())
    .option(
      '--raw',
      'Grafana: read raw counters, for stores without our recording rules; less exact',
    )
    .option('--datasource-uid <uid>', 'Grafana: the data source that boards open with')
    .option('--region <region>', 'CloudWatch: region of the metrics')
    .option('--service <name>', 'CloudWatch: service of the alarms');
}

function addList(dashboards: Command, io: Io): void {
  withChoice(dashboards.command('list'))
    .summary('the boards and what each answers')
    .description('Lists the boards of one tool, and the question that each answers.')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  tokenmeter dashboards list\n')
    .action(async (options) => {
      const { runDashboardsList } = await import('./dashboards-export.ts');
      await runDashboardsList(options, io);
    });
}

function addShow(dashboards: Command, io: Io): void {
  withChoice(dashboards.command('show'))
    .summary('print one board')
    .description('Prints one board as the JSON that the tool imports.')
    .argument('<name>', 'as dashboards list prints it')
    .addHelpText('after', '\nExample:\n  tokenmeter dashboards show llm-spend > llm-spend.json\n')
    .action(async (name: string, options) => {
      const { runDashboardsShow } = await import('./dashboards-export.ts');
      await runDashboardsShow(name, options, io);
    });
}

function addExport(dashboards: Command, io: Io): void {
  withChoice(dashboards.command('export'))
    .summary('write all boards of one tool')
    .description('Writes the boards of one tool into a folder, a file each.')
    .requiredOption('--out <dir>', 'folder; made if it is not there')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  tokenmeter dashboards export --for grafana --datasource-uid prometheus --out boards\n',
    )
    .action(async (options) => {
      const { runDashboardsExport } = await import('./dashboards-export.ts');
      await runDashboardsExport(options, io);
    });
}

function addApply(dashboards: Command, io: Io): void {
  dashboards
    .command('apply')
    .summary('put the boards into a Grafana')
    .description(
      'Creates or updates the boards of a Grafana (10 or newer). Changes nothing where nothing differs, and nothing at all when anything is wrong.',
    )
    .requiredOption('--grafana-url <url>', 'address of Grafana')
    .option(
      '--token <token>',
      'service account token with the role Editor (default: GRAFANA_TOKEN)',
    )
    .option('--folder <title>', 'folder of the boards; made if it is not there', 'Tokenmeter')
    .option('--datasource-uid <uid>', 'the data source that boards open with')
    .addOption(namesOption())
    .option('--raw', 'read raw counters, for stores without our recording rules; less exact')
    .option('--dry-run', 'show what would change')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  GRAFANA_TOKEN=… tokenmeter dashboards apply --grafana-url https://grafana.example --dry-run\n',
    )
    .action(async (options) => {
      const { runDashboardsApply } = await import('./dashboards-apply.ts');
      await runDashboardsApply(options, io);
    });
}

/** Adds `dashboards` with its sub-commands. */
export function addDashboards(program: Command, io: Io): void {
  const dashboards = program
    .command('dashboards')
    .summary('boards for Grafana, Datadog and CloudWatch');
  for (const add of [addList, addShow, addExport, addApply]) add(dashboards, io);
}

/** Adds `rules` with its sub-command. */
export function addRules(program: Command, io: Io): void {
  program
    .command('rules')
    .summary('recording and alert rules for other tools')
    .command('export')
    .summary('write rules with your own numbers')
    .description(
      'Writes recording rules and alert rules with the thresholds, the monthly budget and the links of the configuration. They are a safety net for people without the worker, which is calibrated; these rules are not. Grafana gets alerts only; its store needs the recording rules.',
    )
    .addOption(
      new Option('--for <tool>', 'who reads them')
        .choices(['prometheus', 'mimir', 'vmalert', 'grafana'])
        .default('prometheus'),
    )
    .addOption(namesOption())
    .option('--config <file>', 'configuration (default: TOKENMETER_CONFIG or tokenmeter.yaml)')
    .option('--grafana-url <url>', 'address of Grafana, for links from alerts to boards')
    .option('--datasource-uid <uid>', 'Grafana: data source that its rules ask')
    .option('--out <file>', 'file (default: standard output)')
    .addHelpText(
      'after',
      '\nExample:\n  tokenmeter rules export --for prometheus --config tokenmeter.yaml --out tokenmeter.rules.yaml\n',
    )
    .action(async (options) => {
      const { runRulesExport } = await import('./rules-export.ts');
      await runRulesExport(options, io);
    });
}
