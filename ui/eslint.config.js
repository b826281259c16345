// The lint rules: the strict sets of ESLint, typescript-eslint and Svelte, and one wall of our own around Tauri.
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

const tauriWall = {
  patterns: [{ group: ['@tauri-apps/*'], message: 'only src/host.tauri.ts may know Tauri; go through src/host.ts' }],
};

export default ts.config(
  { ignores: ['dist', 'shots', 'src/generated'] },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, __FAKE_HOST__: 'readonly' } },
    linterOptions: { noInlineConfig: true },
    rules: { 'no-restricted-imports': ['error', tauriWall], eqeqeq: 'error' },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  { files: ['src/host.tauri.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['*.mjs', '*.js', 'vite.config.ts'], languageOptions: { globals: globals.node } },
);
