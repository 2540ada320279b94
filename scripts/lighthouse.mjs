// Runs Lighthouse on dist/ and prints its four scores: node scripts/lighthouse.mjs COMMAND
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';

const WANTED = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 };
const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const REPORT = 'test-results/lighthouse.json';

mkdirSync('test-results', { recursive: true });
const server = spawn(process.execPath, ['scripts/serve.mjs', 'dist', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [line] = await once(server.stdout, 'data');
  const options = [
    '--quiet',
    '--no-enable-error-reporting',
    `--only-categories=${Object.keys(WANTED)}`,
    `--chrome-flags=${FLAGS.join(' ')}`,
    '--output=json',
    `--output-path=${REPORT}`,
  ];
  const lighthouse = spawn(process.argv[2], [String(line).match(/http:\S+/)[0], ...options], {
    env: { ...process.env, CHROME_PATH: process.env.CHROME },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(lighthouse, 'exit');
  if (code !== 0) throw new Error(`Lighthouse ended with ${code}`);
  const { audits, categories } = JSON.parse(readFileSync(REPORT, 'utf8'));
  for (const [name, wanted] of Object.entries(WANTED)) {
    const score = Math.round(categories[name].score * 100);
    const short = score < wanted;
    console.log(`${name.padEnd(16)} >= ${String(wanted).padEnd(4)} ${String(score).padStart(4)}  ${short ? 'SHORT' : 'ok'}`);
    if (!short) continue;
    process.exitCode = 1;
    for (const { id, weight } of categories[name].auditRefs) {
      const { displayValue = '', score, title } = audits[id];
      if (weight && score !== null && score < 1) console.log(`  ${score}  ${title} ${displayValue}`);
    }
  }
  console.log(`the whole report: ${REPORT}`);
} finally {
  server.kill();
}
