import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

/** The board that the page Explore gives away: the article's template, as `dashboards` renders it. */
const boardTemplate: Plugin = {
  name: 'board-template',
  generateBundle() {
    const file = join(import.meta.dirname, '../../dashboards/grafana/article-template.json');
    this.emitFile({
      type: 'asset',
      fileName: 'templates/token-spend.json',
      source: readFileSync(file),
    });
  },
};

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  plugins: [boardTemplate],
  build: {
    target: 'es2022',
    // A strict CSP allows no inline script; without preload hints there is nothing to polyfill either.
    modulePreload: false,
    assetsInlineLimit: 0,
    emptyOutDir: true,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4318' } },
});

export default config;
