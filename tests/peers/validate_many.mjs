// Has the real OpenClaw judge many configs in one process: `openclaw config validate --json` itself, by its own command line, since
// to start it anew for each takes seconds. `node validate_many.mjs OPENCLAW_FOLDER`; paths come in by lines, verdicts go out by lines.
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createInterface } from 'node:readline';

const folder = resolve(process.argv[2]);
const dist = join(folder, 'dist');
const entry = readdirSync(dist).find(
  name => /^config-cli-[\w-]+\.m?js$/.test(name) && /export \{[^}]*registerConfigCli/.test(readFileSync(join(dist, name), 'utf8')),
);
const { registerConfigCli } = await import(pathToFileURL(join(dist, entry)));
const { Command } = await import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve('commander')));

const exit = process.exit;
const write = process.stdout.write.bind(process.stdout);
const log = console.log;

for await (const path of createInterface({ input: process.stdin })) {
  process.env.OPENCLAW_CONFIG_PATH = path;
  let said = '';
  const keep = text => ((said += text), true);
  process.stdout.write = keep;
  console.log = text => keep(`${text}\n`);
  let first = null;
  process.exit = code => {
    // What comes after is about this very error.
    first ??= said;
    throw new Error(`exit ${code}`);
  };
  const program = new Command().exitOverride();
  registerConfigCli(program);
  let failure = null;
  try {
    await program.parseAsync(['config', 'validate', '--json'], { from: 'user' });
  } catch (error) {
    failure = String(error);
  }
  process.stdout.write = write;
  console.log = log;
  process.exit = exit;
  said = first ?? said;
  let verdict = null;
  try {
    verdict = JSON.parse(said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1));
  } catch {
    // Told as no verdict.
  }
  const line = `${JSON.stringify({ path, valid: verdict?.valid ?? null, issues: verdict?.issues ?? [], failure, said: verdict ? undefined : said })}\n`;
  // What is not written when it exits is lost.
  await new Promise(done => write(line, done));
}
exit(0);
