// Whether memory stays flat: 10,000 re-simulations of the page, and 200 views of another page that come and go.
// node benches/soak.mjs [RUNS] [VIEWS]; needs the built page in dist/ (make build). Prints what is held at each tenth,
// and fails if more is held at the end than after the first tenth, but for what a collector leaves lying about.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { chromium } from '../tests/page/node_modules/@playwright/test/index.mjs';
import { ARGUMENTS } from '../tests/page/chromium.mjs';

const [RUNS, VIEWS] = [Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 200)];
const PARTS = 10;
/** What may be held more than after the first tenth, in KiB. */
const SLACK = 1_024;

const server = spawn(process.execPath, ['scripts/serve.mjs', process.env.DIST ?? 'dist', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const [line] = await once(server.stdout, 'data');
const address = String(line).match(/http:\S+/)[0];
const browser = await chromium.launch({ executablePath: process.env.CHROME, args: ARGUMENTS });

/** What is held once the collector has been: KiB of scripts, KiB of wasm, nodes, listeners. */
async function held(page, client) {
  for (let turn = 0; turn < 2; turn += 1) {
    await client.send('HeapProfiler.collectGarbage');
    await page.waitForTimeout(200);
  }
  const { metrics } = await client.send('Performance.getMetrics');
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  const wasm = await page.evaluate(() => window.memories().reduce((sum, memory) => sum + memory.buffer.byteLength, 0));
  return { script: of('JSHeapUsedSize') / 1_024, wasm: wasm / 1_024, nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

async function soaked(what, page, count, part) {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  await client.send('HeapProfiler.enable');
  const all = [];
  for (let turn = 0; turn < PARTS; turn += 1) {
    await part(count / PARTS);
    all.push(await held(page, client));
    const { script, wasm, nodes, listeners } = all.at(-1);
    console.log(`${what} ${String((count / PARTS) * (turn + 1)).padStart(6)}  script ${script.toFixed(0).padStart(6)} KiB  wasm ${wasm.toFixed(0).padStart(6)} KiB  ${String(nodes).padStart(6)} nodes  ${String(listeners).padStart(5)} listeners`);
  }
  const [first, last] = [all[0], all.at(-1)];
  const flat = last.script - first.script < SLACK && last.wasm - first.wasm < SLACK && last.nodes - first.nodes < 200 && last.listeners - first.listeners < 20;
  console.log(`${what}: ${flat ? 'flat' : 'GROWS'}`);
  if (!flat) process.exitCode = 1;
}

// Every memory that a page's programs make.
const watched = () => {
  const made = [];
  window.memories = () => made;
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const plain = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      const result = await plain.apply(WebAssembly, args);
      made.push((result.instance ?? result).exports.memory);
      return result;
    };
  }
};

try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watched);
  await page.goto(address);
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await page.waitForTimeout(2_000);
  await soaked('re-simulations', page, RUNS, async (count) => {
    await page.evaluate(async (count) => {
      const input = document.querySelector('[data-parameter="traffic"]');
      const [low, grid] = [Number(input.min), Number(input.step)];
      for (let step = 0; step < count; step += 1) {
        input.value = String(low + grid * (10 + (step % 40)));
        input.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((next) => requestAnimationFrame(next));
      }
    }, count);
    // At rest the address is written, which loads what writes it.
    await page.waitForFunction(() => location.hash !== '');
    await page.waitForTimeout(1_000);
  });
  await page.close();

  const host = await browser.newPage({ viewport: { width: 1000, height: 900 } });
  await host.addInitScript(watched);
  await host.goto(`${address}index.html?embed=v1&view=timeline&controls=traffic`);
  await host.waitForFunction(() => document.querySelector('accelerando-view')?.run);
  await soaked('views that came and went', host, VIEWS, (count) =>
    host.evaluate(async (count) => {
      for (let number = 0; number < count; number += 1) {
        const view = document.createElement('accelerando-view');
        view.setAttribute('controls', '');
        view.setAttribute('view', 'metrics timeline cadence tiers claims');
        view.setAttribute('traffic', String(0.5 + (number % 20) / 10));
        const ready = new Promise((done) => view.addEventListener('ready', done));
        document.body.append(view);
        view.play();
        await ready;
        view.remove();
      }
    }, count),
  );
} finally {
  await browser.close();
  server.kill();
}
