// Builds the window. `--mode fake` builds it for a plain browser: the fake host and its fixtures are in, Tauri is out.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [svelte(), svelteTesting()],
  define: { __FAKE_HOST__: JSON.stringify(mode !== 'production') },
  server: { port: 5183, strictPort: true },
  build: {
    target: ['es2022', 'safari16.4'],
    modulePreload: { polyfill: false },
    // Nothing is inlined: the page runs under a policy that takes scripts and styles from files alone.
    assetsInlineLimit: 0,
  },
  test: {
    environment: 'happy-dom',
    globals: true,
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
  },
}));
