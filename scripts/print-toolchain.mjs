import { realpathSync } from 'node:fs';
import { findOnPath } from './toolchain.mjs';

// Runs inside `npx -p pnpm …`, whose PATH holds the tools; prints where they are for the caller to keep.
console.log(
  JSON.stringify({ node: process.execPath, pnpm: realpathSync(findOnPath('pnpm') ?? '') }),
);
