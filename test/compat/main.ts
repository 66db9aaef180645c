// Runs the matrix, or the SDKs named as arguments, and tells every difference: `node test/compat/main.ts [sdk …]`.
import { installSdks } from './install-sdks.ts';
import { runMatrix, writeReport } from './run-matrix.ts';
import { SDKS } from './sdk-list.ts';

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const names = process.argv.slice(2);
const sdks = names.length === 0 ? SDKS : SDKS.filter(({ id }) => names.includes(id));
const started = performance.now();
const cells = await runMatrix(await installSdks(sdks, say), sdks, { say });
for (const { sdk, system, nodeMajor, differences } of cells) {
  for (const difference of differences) say(`${sdk} ${system} Node ${nodeMajor}: ${difference}`);
}
const good = cells.filter(({ differences }) => differences.length === 0).length;
say(
  `${good} of ${cells.length} cells good in ${((performance.now() - started) / 1000).toFixed(0)} s`,
);
if (names.length === 0) writeReport(SDKS, cells);
process.exitCode = good === cells.length ? 0 : 1;
