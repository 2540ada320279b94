// Takes the README's picture of the built page: scripts/with-tools node scripts/picture.mjs
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { chromium } from '../tests/page/node_modules/@playwright/test/index.mjs';

const server = spawn(process.execPath, ['scripts/serve.mjs', 'dist', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const [line] = await once(server.stdout, 'data');
const address = String(line).match(/http:\S+/)[0];
const browser = await chromium.launch({ executablePath: process.env.CHROME, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  await page.goto(address);
  await page.waitForSelector('.playback');
  // The tracks are painted once everything else is done.
  await page.waitForTimeout(1500);
  await page.screenshot({ path: 'docs/page.png' });
} finally {
  await browser.close();
  server.kill();
}
