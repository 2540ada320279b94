// How long the page's main thread works for one step of a slider, and how evenly frames come: node benches/page.mjs
// Needs the built page in dist/ (make build). Prints one line a figure, with its target; nothing is written.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { chromium } from '../tests/page/node_modules/@playwright/test/index.mjs';

const STEPS = 240;
const SECONDS = 10;
const LATE = 25;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

const server = spawn(process.execPath, ['scripts/serve.mjs', process.env.DIST ?? 'dist', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(server.stdout, 'data');
const address = String(line).match(/http:\S+/)[0];
const browser = await chromium.launch({ executablePath: process.env.CHROME, args: FLAGS });

function report(what, value, target, unit, samples) {
  const verdict = value <= target ? 'ok' : 'SHORT';
  const figure = `${value.toFixed(2)} ${unit}`;
  console.log(`${what.padEnd(58)} <= ${String(target).padEnd(5)} ${figure.padStart(11)}  ${verdict.padEnd(6)}${samples} samples`);
}

const share = (values, part) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)];

async function opened() {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(address);
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await page.waitForTimeout(1_500);
  return page;
}

/** Moves a slider to and fro; milliseconds of main-thread work for each step, from the input to the paint. */
async function dragged(page, client, slider) {
  const work = [];
  const total = async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return metrics.find((metric) => metric.name === 'TaskDuration').value * 1_000;
  };
  await client.send('Performance.enable');
  for (let step = 0; step < STEPS; step += 1) {
    const before = await total();
    await page.evaluate(
      ([slider, place]) =>
        new Promise((done) => {
          const input = document.querySelector(`[data-parameter="${slider}"]`);
          const [low, high] = [Number(input.min), Number(input.max)];
          requestAnimationFrame(() => {
            input.value = String(low + (high - low) * place);
            input.dispatchEvent(new Event('input', { bubbles: true }));
            requestAnimationFrame(() => setTimeout(done));
          });
        }),
      [slider, 0.15 + 0.5 * Math.abs(((step * 2) / STEPS) % 2 - 1)],
    );
    work.push((await total()) - before);
  }
  return work;
}

/** The gaps between frames while `act` goes on. */
async function frames(page, act) {
  await page.evaluate(() => {
    window.gaps = [];
    let last = performance.now();
    const next = (now) => {
      window.gaps.push(now - last);
      last = now;
      window.counting = requestAnimationFrame(next);
    };
    window.counting = requestAnimationFrame(next);
  });
  await act();
  return page.evaluate(() => {
    cancelAnimationFrame(window.counting);
    return window.gaps.slice(1);
  });
}

const late = (gaps) => (gaps.filter((gap) => gap > LATE).length / gaps.length) * 100;

try {
  const page = await opened();
  const client = await page.context().newCDPSession(page);
  for (const [rate, target] of [[1, 16.7], [4, 50]]) {
    await client.send('Emulation.setCPUThrottlingRate', { rate });
    for (const slider of ['traffic', 'scale_checkout_workers.delay']) {
      const work = await dragged(page, client, slider);
      const name = `work for a step of ${slider}, 95 %, processor 1/${rate}`;
      report(name, share(work, 0.95), target, 'ms', work.length);
      console.log(`    median ${share(work, 0.5).toFixed(2)} ms, most ${share(work, 1).toFixed(2)} ms`);
    }
  }
  await client.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await page.getByRole('button', { name: 'Reset all' }).click();

  const played = await frames(page, async () => {
    await page.getByRole('slider', { name: 'Cursor' }).press('Home');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.waitForTimeout(SECONDS * 1_000);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
  });
  report(`frames over ${LATE} ms while playing at 60×`, late(played), 1, '%', played.length);

  const chart = await page.locator('.metric .plot').first().boundingBox();
  const scrubbed = await frames(page, async () => {
    await page.mouse.move(chart.x + 5, chart.y + 10);
    await page.mouse.down();
    await page.mouse.move(chart.x + chart.width - 5, chart.y + 10, { steps: 200 });
    await page.mouse.up();
  });
  report(`frames over ${LATE} ms while scrubbing`, late(scrubbed), 1, '%', scrubbed.length);

  const zoomed = await frames(page, async () => {
    await page.keyboard.down('Control');
    for (let step = 0; step < 60; step += 1) await page.mouse.wheel(0, step < 30 ? -60 : 60);
    await page.keyboard.up('Control');
  });
  report(`frames over ${LATE} ms while zooming`, late(zoomed), 1, '%', zoomed.length);
} finally {
  await browser.close();
  server.kill();
}
