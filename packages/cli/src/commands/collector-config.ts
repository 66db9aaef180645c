import { chmod, cp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  type CollectorComposition,
  includedFiles,
  renderConfigArguments,
  renderMergedConfig,
} from '@tokenmeter/collector-config';
import { parse } from 'yaml';
import { type CollectorOptions, chooseCollector } from '../collector-choice.ts';
import { configFolder, writeCollectorData } from '../collector-data.ts';
import { renderStartScript } from '../collector-start-script.ts';
import { missingVariables } from '../collector-variables.ts';
import { CommandError, type Io } from '../io.ts';
import { makeFolder } from '../make-folder.ts';
import { priceFilePaths } from '../price-file-paths.ts';

/** Options of `tokenmeter collector config`. */
export interface CollectorConfigOptions extends CollectorOptions {
  /** Folder to write. */
  readonly out?: string;
  readonly merged?: boolean;
}

/** Prints the `--config` list or one merged YAML, or writes a folder that needs nothing else. */
export async function runCollectorConfig(options: CollectorConfigOptions, io: Io): Promise<void> {
  const composition = chooseCollector(options, io.env);
  for (const line of missingVariables(composition, io.env)) io.stderr(`note: ${line}\n`);
  if (options.out !== undefined) {
    await writeFolder(composition, options, resolve(io.cwd, options.out), io);
    return;
  }
  if (hasOwnPrices(options, io)) {
    throw new CommandError('a list of files cannot hold the prices of price files', {
      hint: 'write a folder with --out DIR',
      exitCode: 2,
    });
  }
  if (options.merged === true) {
    const merged = await renderMerged(composition, configFolder());
    io.stdout(options.json === true ? `${JSON.stringify(parse(merged))}\n` : merged);
    return;
  }
  const args = renderConfigArguments(composition, configFolder());
  io.stderr(`note: start it in ${configFolder()}, from where price data is read\n`);
  io.stdout(
    options.json === true
      ? `${JSON.stringify({ args, variables: composition.variables, contribOnly: composition.contribOnly })}\n`
      : `${pairsOf(args).join(' \\\n')}\n`,
  );
}

function hasOwnPrices(options: CollectorConfigOptions, io: Io): boolean {
  return options.replace === true || priceFilePaths(options, io.env).length > 0;
}

/** One option with its value per line, quoted for a shell. */
function pairsOf(args: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (let index = 0; index < args.length; index += 2) {
    lines.push(`${args[index]} '${args[index + 1]?.replaceAll("'", "'\\''")}'`);
  }
  return lines;
}

async function renderMerged(composition: CollectorComposition, folder: string): Promise<string> {
  const texts = new Map<string, string>();
  for (const { variable, path } of includedFiles(composition.merged)) {
    texts.set(variable, await readFile(join(folder, path), 'utf8'));
  }
  return renderMergedConfig(composition, texts);
}

async function writeFolder(
  composition: CollectorComposition,
  options: CollectorConfigOptions,
  out: string,
  io: Io,
): Promise<void> {
  const source = configFolder();
  await makeFolder(out);
  const included = includedFiles(composition.merged).map(({ path }) => path);
  for (const file of [...composition.files, ...included]) {
    await makeFolder(join(out, dirname(file)));
    await cp(join(source, file), join(out, file));
  }
  if (hasOwnPrices(options, io)) await writeCollectorData(options, join(out, 'generated'), io);
  if (options.merged === true) {
    await writeFile(join(out, 'collector.yaml'), await renderMerged(composition, out));
  }
  const script = join(out, 'start.sh');
  await writeFile(script, renderStartScript(composition));
  await chmod(script, 0o755);
  const about = { folder: out, start: script, contribOnly: composition.contribOnly };
  io.stdout(
    options.json === true
      ? `${JSON.stringify(about)}\n`
      : `${out}\n  start it with ${script} (otelcol-contrib 0.155 or later on PATH)\n`,
  );
}
