import type { Command } from 'commander';
import type { Io } from '../io.ts';

function addInit(config: Command, io: Io): void {
  config
    .command('init')
    .summary('write a first configuration')
    .description(
      'Writes a tokenmeter.yaml with the most important settings and a word on each. Never overwrites.',
    )
    .argument('[file]', 'the file', 'tokenmeter.yaml')
    .addHelpText('after', '\nExample:\n  tokenmeter config init\n')
    .action(async (file: string) => {
      const { runConfigInit } = await import('./config-init.ts');
      await runConfigInit(file, io);
    });
}

function addCheck(config: Command, io: Io): void {
  config
    .command('check')
    .summary('say everything that is wrong with a configuration')
    .description(
      'Reads tokenmeter.yaml and reports every problem at once, with its place. Exit code 2 when there is any.',
    )
    .argument('[file]', 'the file (default: TOKENMETER_CONFIG, else tokenmeter.yaml here)')
    .option('--no-secrets', 'do not look whether the secrets are there')
    .option('--json', 'one JSON object for machines')
    .addHelpText('after', '\nExample:\n  tokenmeter config check\n')
    .action(async (file: string | undefined, options) => {
      const { runConfigCheck } = await import('./config-check.ts');
      await runConfigCheck(file, options, io);
    });
}

function addSchema(config: Command, io: Io): void {
  config
    .command('schema')
    .summary('print the JSON Schema of tokenmeter.yaml')
    .description('Prints the JSON Schema that editors use to complete and check tokenmeter.yaml.')
    .addHelpText('after', '\nExample:\n  tokenmeter config schema > tokenmeter.schema.json\n')
    .action(async () => {
      const { renderConfigSchema } = await import('../config/render-config-schema.ts');
      io.stdout(renderConfigSchema());
    });
}

/** Adds `tokenmeter config …`. */
export function addConfig(program: Command, io: Io): void {
  const config = program.command('config').summary('write and check tokenmeter.yaml');
  addInit(config, io);
  addCheck(config, io);
  addSchema(config, io);
}
