// Holds the window to its size: all JavaScript that it can load, gzipped, within the budget.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET = { '.js': 80_000, '.css': 12_000 };
let failed = false;
for (const [ending, budget] of Object.entries(BUDGET)) {
  const files = readdirSync('dist/assets').filter(name => name.endsWith(ending));
  const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(`dist/assets/${name}`)).length, 0);
  console.log(`${ending}: ${(bytes / 1000).toFixed(1)} kB gzip of ${budget / 1000} kB`);
  failed ||= bytes > budget;
}
process.exitCode = failed ? 1 : 0;
