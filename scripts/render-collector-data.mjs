// Writes the price data and dialect tables in collector-config/generated from the bundled price book. Needs a build.
import { mkdirSync, writeFileSync } from 'node:fs';
import { renderCollectorData } from '../collector-config/dist/index.js';
import { bundledPriceBook } from '../packages/pricing/dist/index.js';

const folder = new URL('../collector-config/', import.meta.url);
mkdirSync(new URL('generated/', folder), { recursive: true });
for (const { path, text } of renderCollectorData(bundledPriceBook()).files) {
  writeFileSync(new URL(path, folder), text);
}
