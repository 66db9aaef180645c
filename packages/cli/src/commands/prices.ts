import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';

function jsonOption(): Option {
  return new Option('--json', 'JSON lines for machines');
}

/** The options that choose which prices are in force. */
function withPrices(command: Command): Command {
  return command
    .option('--prices <file...>', 'price files, first wins')
    .option('--replace', 'use nothing but the price files')
    .option('--at <time>', 'prices of this ISO time (default: now)');
}

function addCheck(prices: Command, io: Io): void {
  prices
    .command('check')
    .summary('check price files')
    .description(
      'Checks price files in our own form (YAML or JSON), LiteLLM’s JSON or models.dev’s api.json, and prints every problem as file:line:column. Ends with 1 when there is one.',
    )
    .argument('<file...>', 'price files')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  tokenmeter prices check contract.yaml\n')
    .action(async (files: string[], options) => {
      const { runPricesCheck } = await import('./prices-check.ts');
      await runPricesCheck(files, options, io);
    });
}

function addFind(prices: Command, io: Io): void {
  withPrices(prices.command('find'))
    .summary('find models by name')
    .description('Lists the models whose names hold every word, with the rates in force.')
    .argument('<word...>', 'parts of provider or model name')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  tokenmeter prices find anthropic sonnet\n')
    .action(async (words: string[], options) => {
      const { runPricesFind } = await import('./prices-find.ts');
      await runPricesFind(words, options, io);
    });
}

function addShow(prices: Command, io: Io): void {
  withPrices(prices.command('show'))
    .summary('all prices of one model')
    .description(
      'Shows all rates of one model: classes, long-context tiers, fees, modifiers, source, and what it cost when.',
    )
    .argument('<model>', 'id as prices find prints it, or the model as calls name it')
    .option('--provider <name>', 'provider, as in gen_ai.provider.name')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  tokenmeter prices show gpt-4o --at 2024-06-01\n')
    .action(async (model: string, options) => {
      const { runPricesShow } = await import('./prices-show.ts');
      await runPricesShow(model, options, io);
    });
}

function addDiff(prices: Command, io: Io): void {
  prices
    .command('diff')
    .summary('what changed in prices')
    .description(
      'Compares the bundled prices with the snapshot before them; or two files; or one file with the prices in force; or two times with --since.',
    )
    .argument('[file...]', 'OLD NEW, or one file')
    .option('--since <time>', 'compare the prices in force at this ISO time with those of now')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  tokenmeter prices diff --since 2026-01-01\n')
    .action(async (files: string[], options) => {
      const { runPricesDiff } = await import('./prices-diff.ts');
      await runPricesDiff(files, options, io);
    });
}

function addExport(prices: Command, io: Io): void {
  const format = new Option('--format <name>', 'form to write').choices([
    'litellm',
    'model-catalog',
    'ottl',
  ]);
  withPrices(prices.command('export'))
    .summary('write the prices in another form')
    .description(
      'Writes the prices in force as LiteLLM’s model_prices_and_context_window.json, as model-catalog.json, or as an OTTL map literal for the OpenTelemetry Collector (with all past prices; --at leaves those out that ended before). What a form cannot say is told on standard error.',
    )
    .addOption(format.makeOptionMandatory())
    .option('--out <file>', 'file to write (default: standard output)')
    .addOption(new Option('--json', 'with --out: say what was written as JSON'))
    .addHelpText(
      'after',
      '\nExample:\n  tokenmeter prices export --format litellm --out prices.json\n',
    )
    .action(async (options) => {
      const { runPricesExport } = await import('./prices-export.ts');
      await runPricesExport(options, io);
    });
}

function addSchema(prices: Command, io: Io): void {
  prices
    .command('schema')
    .summary('JSON Schema of price files')
    .description('Prints the JSON Schema of price files of our own form, for editors and checks.')
    .addOption(new Option('--json', 'no other form exists').hideHelp())
    .addHelpText('after', '\nExample:\n  tokenmeter prices schema > price-file.schema.json\n')
    .action(async () => {
      const { runPricesSchema } = await import('./prices-export.ts');
      await runPricesSchema(io);
    });
}

function addUpdate(prices: Command, io: Io): void {
  prices
    .command('update')
    .summary('renew the prices')
    .description(
      'Fetches a price file, checks it and keeps it under $XDG_CACHE_HOME/tokenmeter/prices (~/.cache/…), where price commands use it before the bundled prices. Calls of the past keep their price. Rates that moved by more than 5 times are held back. Whatever fails, the last good copy stays.',
    )
    .option('--from <url|file>', 'where from (default: as last time, else LiteLLM’s list)')
    .option('--sha256 <hex>', 'refuse any content but the one with this hash')
    .option('--accept-jumps', 'take rates that moved by more than 5 times')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  tokenmeter prices update --from https://models.dev/api.json\n',
    )
    .action(async (options) => {
      const { runPricesUpdate } = await import('./prices-update.ts');
      await runPricesUpdate(options, io);
    });
}

/** Adds `tokenmeter prices …`. */
export function addPrices(program: Command, io: Io): void {
  const prices = program.command('prices').summary('check, find, compare, export and renew prices');
  for (const add of [addCheck, addFind, addShow, addDiff, addExport, addSchema, addUpdate]) {
    add(prices, io);
  }
}
