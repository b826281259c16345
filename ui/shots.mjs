// Takes a picture of every page in every situation, light and dark, on the built files and under the app's own content policy.
// Fails on any console error, any breach of that policy, a page wider than its window, and what axe finds hard to read or reach. `npm run shots -- models` takes only the pictures whose name has "models".
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

import { DIST, launch, serve } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const OUT = 'shots';
const SIZES = { '': [980, 660], '-narrow': [720, 600], '-wide': [1400, 900] };

const SNAPSHOTS = existsSync('src/fixtures/rust')
  ? readdirSync('src/fixtures/rust').map(name => `rust/${name.replace('.json', '')}`)
  : [];

const shot = (name, query, act) => ({ name, query, act });
const PAGES = ['models', 'providers', 'route', 'doctor'];
const SHOTS = [
  ...SNAPSHOTS.flatMap(fixture =>
    ['status', ...PAGES].map(page => shot(`${fixture.replace('/', '-')}-${page}`, `fixture=${fixture}&page=${page}`)),
  ),
  ...[
    'ready',
    'attention',
    'undone',
    'fallback',
    'down',
    'unknown',
    'waiting',
    'missing',
    'gone',
    'bad',
    'unreadable',
    'emptyRoute',
    'long',
    'many',
    'loading',
    'untrusted',
  ].map(fixture => shot(`status-${fixture}`, `fixture=${fixture}`)),
  ...PAGES.flatMap(page =>
    ['attention', 'bad', 'missing', 'long', 'many', 'emptyRoute'].map(fixture =>
      shot(`${page}-${fixture}`, `fixture=${fixture}&page=${page}`),
    ),
  ),
  shot('status-trust-asked', 'fixture=untrusted', page =>
    page.getByRole('button', { name: 'Show the certificate' }).click(),
  ),
  shot('status-week', 'fixture=ready', page => page.getByLabel('Time shown').first().selectOption('Last 7 days')),
  shot('status-load-asked', 'fixture=loading', page =>
    page.getByRole('button', { name: 'Load glm-5-air-awq' }).click(),
  ),
  shot('models-draft', 'page=models&draft', async page => {
    await page.getByTestId('context-lmstudio/my-local-model').focus();
  }),
  shot('models-details', 'page=models', async page => {
    await page.getByTestId('more-ollama/qwen3.5:9b').click();
    await page.getByTestId('costInput-ollama/qwen3.5:9b').fill('0.27');
    await page.keyboard.press('Enter');
  }),
  shot('models-add', 'page=models', async page => {
    await page.getByTestId('add-model').click();
    await page.getByLabel('qwen3-30b-a3b').check();
  }),
  shot('models-added', 'page=models', async page => {
    await page.getByTestId('add-model').click();
    await page.getByLabel('qwen3-30b-a3b').check();
    await page.getByTestId('add-models').click();
    await page.getByTestId('more-rig/glm-5-air-awq').click();
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByTestId('remove').click();
  }),
  shot('models-remove', 'page=models', async page => {
    await page.getByTestId('more-lmstudio/my-local-model').click();
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByText('agents.defaults.model.primary').waitFor();
  }),
  shot('models-typing', 'page=models', async page => {
    await page.getByTestId('context-rig/glm-5-air-awq').fill('32k');
  }),
  shot('models-judged', 'page=models', async page => {
    await page.getByTestId('max-tokens-lmstudio/my-local-model').fill('196608');
    await page.keyboard.press('Enter');
    await page.getByTestId('context-rig/glm-5-air-awq').fill('16k');
    await page.getByText('16,000 tokens leave little room').waitFor();
  }),
  shot('models-junk', 'page=models', async page => {
    await page.getByTestId('context-rig/glm-5-air-awq').fill('a lot');
    await page.keyboard.press('Enter');
  }),
  shot('providers-add', 'page=providers', page => page.getByTestId('add-provider').click()),
  shot('providers-template', 'page=providers', async page => {
    await page.getByTestId('add-provider').click();
    await page.getByRole('button', { name: /^vLLM/ }).click();
    await page.getByText('answers in 12 ms').waitFor();
  }),
  shot('providers-secret', 'page=providers', async page => {
    await page.getByRole('button', { name: 'Replace' }).click();
  }),
  shot('providers-rig', 'page=providers', page => page.getByRole('button', { name: /^rig/ }).click()),
  shot('providers-more', 'page=providers', async page => {
    await page.getByRole('button', { name: /^rig/ }).click();
    await page.getByRole('button', { name: 'Add setting…' }).scrollIntoViewIfNeeded();
  }),
  shot('providers-secret-name', 'page=providers', async page => {
    await page.getByRole('button', { name: /^rig/ }).click();
    await page.getByRole('button', { name: 'Add setting…' }).click();
    await page.getByRole('menuitem', { name: /^localService\.env/ }).click();
    await page.getByLabel('Name below localService.env').fill('API_TOKEN');
    await page.getByRole('button', { name: 'Next' }).scrollIntoViewIfNeeded();
  }),
  shot('providers-duplicate', 'page=providers', async page => {
    await page.getByRole('button', { name: /^rig/ }).click();
    await page.getByRole('button', { name: 'Duplicate…' }).click();
  }),
  shot('providers-duplicated', 'page=providers', async page => {
    await page.getByRole('button', { name: /^rig/ }).click();
    await page.getByRole('button', { name: 'Duplicate…' }).click();
    await page.getByTestId('take-duplicate').click();
  }),
  shot('providers-hosted', 'page=providers', page => page.getByRole('button', { name: /^anthropic/ }).click()),
  shot('providers-typing', 'page=providers', async page => {
    await page.getByLabel('Base URL').fill('http://127.0.0.1:8080/v1');
    await page.getByText('answers in 12 ms').waitFor();
  }),
  shot('providers-revealed', 'page=providers', async page => {
    await page.getByRole('button', { name: 'Reveal' }).click();
    await page.getByText('sk-local-fixture-key').waitFor();
  }),
  shot('settings', 'page=settings'),
  shot('settings-trusted', 'page=settings', page =>
    page.getByRole('button', { name: /^Forget/ }).scrollIntoViewIfNeeded(),
  ),
  shot('settings-rust', 'fixture=rust/bad-file&page=settings'),
  shot('settings-wrong', 'page=settings&refuse', async page => {
    await page.getByLabel('Look at each box').fill('0');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
  }),
  shot('history', 'page=history'),
  shot('history-meant', 'page=history&moment=1795442520000'),
  shot('history-fallbacks', 'page=history', page => page.getByText('Fallbacks', { exact: true }).click()),
  shot('history-nothing', 'page=history&nothing'),
  shot('history-refused', 'page=history&refuse'),
  shot('history-menu', 'page=history', page => page.getByRole('button', { name: 'Export' }).click()),
  shot('history-export', 'page=history', async page => {
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    await page.getByTestId('toast').waitFor();
  }),
  shot('route-draft', 'page=route&draft'),
  shot('route-other', 'page=route', async page => {
    await page.getByText('Other models and settings of the defaults').click();
  }),
  shot('route-guard', 'page=route', async page => {
    await page.getByText('replace', { exact: true }).click();
    await page.getByRole('button', { name: 'Give an agent' }).click();
    await page.getByRole('menuitem', { name: 'coder' }).click();
    await page.getByRole('button', { name: 'Follow the defaults' }).first().click();
  }),
  shot('route-add', 'page=route', async page => {
    await page.getByRole('button', { name: 'Add fallback' }).first().click();
    await page.getByRole('menu').waitFor();
  }),
  shot('backups', 'page=backups', page => page.getByRole('group', { name: 'Difference' }).waitFor()),
  shot('backups-parted', 'page=backups&parted', page => page.getByRole('group', { name: 'Difference' }).waitFor()),
  shot('firstrun', 'fixture=missing', page => page.getByText('Write a config').first().waitFor()),
  shot('review', 'page=review&draft'),
  shot('review-clash', 'page=review&draft&clash', async page => {
    await page.getByTestId('save').click();
    await page.getByRole('alertdialog').waitFor();
  }),
  shot('saved', 'page=review&draft', async page => {
    await page.getByTestId('save').click();
    await page.getByTestId('toast').waitFor();
  }),
];

const { base, close } = await serve(DIST);
const browser = await chromium.launch(launch);
mkdirSync(OUT, { recursive: true });

const only = process.argv.slice(2);
const faults = [];
let taken = 0;
for (const scheme of ['light', 'dark']) {
  for (const [suffix, [width, height]] of Object.entries(SIZES)) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
    for (const { name, query, act } of SHOTS) {
      const file = `${name}${suffix}-${scheme}.png`;
      if ((only.length > 0 && !only.some(part => file.includes(part))) || (suffix !== '' && name.startsWith('rust-')))
        continue;
      const page = await context.newPage();
      page.on('console', message => {
        if (message.type() === 'error' || message.type() === 'warning') faults.push(`${file}: ${message.text()}`);
      });
      page.on('pageerror', error => faults.push(`${file}: ${error.message}`));
      try {
        await page.goto(`${base}?${query}`);
        await page.getByRole('navigation').waitFor({ timeout: 5_000 });
        await page.locator('main > *').first().waitFor({ timeout: 5_000 });
        await act?.(page);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) faults.push(`${file}: wider than the window by ${over} px`);
        if (suffix === '') {
          await page.evaluate(AXE);
          const { violations } = await page.evaluate(() =>
            globalThis.axe.run(document, { rules: { region: { enabled: false } } }),
          );
          for (const { id, nodes } of violations) {
            faults.push(`${file}: ${id}: ${nodes.map(node => `${node.target} (${node.failureSummary})`).join('; ')}`);
          }
        }
        await page.screenshot({ path: join(OUT, file) });
        taken += 1;
      } catch (error) {
        faults.push(`${file}: ${error.message.split('\n')[0]}`);
      }
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
close();
console.log(`${taken} pictures in ui/${OUT}`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
