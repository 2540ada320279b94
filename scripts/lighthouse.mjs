// Runs Lighthouse on dist/ and prints its four scores: node scripts/lighthouse.mjs COMMAND
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';

import { ARGUMENTS } from '../tests/page/chromium.mjs';

const WANTED = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 };
const FLAGS = ['--headless=new', ...ARGUMENTS];
const REPORT = 'test-results/lighthouse.json';

/** The middle of so many runs counts: other work on the machine makes single ones slower. */
const RUNS = 3;

/** One run of Lighthouse. */
async function judged(address) {
  const options = [
    '--quiet',
    '--no-enable-error-reporting',
    `--only-categories=${Object.keys(WANTED)}`,
    `--chrome-flags=${FLAGS.join(' ')}`,
    '--output=json',
    `--output-path=${REPORT}`,
  ];
  const lighthouse = spawn(process.argv[2], [address, ...options], {
    env: { ...process.env, CHROME_PATH: process.env.CHROME },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(lighthouse, 'exit');
  if (code !== 0) throw new Error(`Lighthouse ended with ${code}`);
  return JSON.parse(readFileSync(REPORT, 'utf8'));
}

mkdirSync('test-results', { recursive: true });
const server = spawn(process.execPath, ['scripts/serve.mjs', 'dist', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [line] = await once(server.stdout, 'data');
  const address = String(line).match(/http:\S+/)[0];
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await judged(address));
  for (const [name, wanted] of Object.entries(WANTED)) {
    const score = (run) => Math.round(run.categories[name].score * 100);
    const middle = runs.toSorted((a, b) => score(a) - score(b))[(RUNS - 1) / 2];
    const short = score(middle) < wanted;
    const all = `of ${runs.map(score).join(', ')}`;
    console.log(`${name.padEnd(16)} ${`>= ${wanted}`.padEnd(7)} ${String(score(middle)).padStart(3)}  ${short ? 'SHORT' : 'ok   '}  ${all}`);
    if (!short) continue;
    process.exitCode = 1;
    for (const { id, weight } of middle.categories[name].auditRefs) {
      const { displayValue = '', score, title } = middle.audits[id];
      if (weight && score !== null && score < 1) console.log(`  ${score}  ${title} ${displayValue}`);
    }
  }
  console.log(`the last run's whole report: ${REPORT}`);
} finally {
  server.kill();
}
