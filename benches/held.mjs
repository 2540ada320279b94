// Opens what is dear and accepted, does what a reader does with it, and prints the longest task of the page's main thread
// for each, beside those of the scenario that ships: node benches/held.mjs (make held).
//
// A task that is longer than the budget and no part of what the shipped scenario takes fails. Other work on the machine
// makes all of them longer.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const page = new URL('../tests/page/', import.meta.url);
const { chromium } = createRequire(page)('playwright-core');
const { ARGUMENTS } = await import(new URL('chromium.mjs', page));
const { DEAR, WIDE, linkTo } = await import(new URL('dear.mjs', page));

/** How long a task may be, in milliseconds. */
const BUDGET = 100;
const STILL = 2_500;

const PORT = 20_000 + Math.floor(Math.random() * 20_000);
const server = spawn('node', [new URL('../scripts/serve.mjs', import.meta.url).pathname, 'dist', String(PORT)], { stdio: ['ignore', 'pipe', 'inherit'] });
await new Promise((done) => server.stdout.once('data', done));
const browser = await chromium.launch({ executablePath: process.env.CHROME, args: ARGUMENTS });
const still = (tab) => tab.waitForTimeout(STILL);

/** The longest task of each step, in milliseconds. */
async function measured(link) {
  const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await tab.addInitScript(() => {
    window.long = [0];
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => window.long.push(duration))).observe({ type: 'longtask', buffered: true });
  });
  const steps = {};
  const step = async (name, act) => {
    await act();
    await still(tab);
    steps[name] = await tab.evaluate(() => Math.round(Math.max(...window.long.splice(0), 0)));
  };
  await step('open', async () => {
    await tab.goto(`http://127.0.0.1:${PORT}/${link}`);
    await tab.locator('.playback').waitFor({ timeout: 120_000 });
  });
  await step('lever', () => tab.locator('[data-parameter]').first().evaluate((input) => {
    input.value = input.max;
    for (const type of ['input', 'change']) input.dispatchEvent(new Event(type, { bubbles: true }));
  }));
  await step('why', () => tab.locator('.lane .plot').first().click({ position: { x: 300, y: 10 } }));
  for (const name of ['Compare', 'Claims', 'Planner', 'Levers']) await step(name.toLowerCase(), () => tab.getByRole('tab', { name }).click());
  await tab.close();
  return steps;
}

const rows = [['flash sale', await measured('')]];
for (const [name, text] of Object.entries({ 'a week of 20 endpoints': DEAR, '128 endpoints, 64 metrics, 200 rules': WIDE })) {
  rows.push([name, await measured(await linkTo(text))]);
}
await browser.close();
server.kill();
const names = Object.keys(rows[0][1]);
const cell = (text) => String(text).padStart(9);
console.log(`longest task of the main thread, in ms; at most ${BUDGET} (or what the flash sale takes)`);
console.log(`${''.padEnd(38)}${names.map(cell).join('')}`);
for (const [name, steps] of rows) {
  const over = names.filter((step) => steps[step] > Math.max(BUDGET, rows[0][1][step]));
  console.log(`${name.padEnd(38)}${names.map((step) => cell(steps[step])).join('')}${over.length > 0 ? `  OVER: ${over.join(', ')}` : ''}`);
  if (over.length > 0) process.exitCode = 1;
}
