import { defineConfig, type UserConfig } from 'vite';

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
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
