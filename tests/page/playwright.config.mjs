import { defineConfig } from '@playwright/test';

import { ARGUMENTS } from './chromium.mjs';
import { LEFT_OUT } from './firefox.mjs';

const port = Number(process.env.PORT);
/** `BROWSER=firefox` drives a stock Firefox instead of Chromium. */
const firefox = process.env.BROWSER === 'firefox' && process.env.FIREFOX;

const literally = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
// Workers read this, too; it is told once.
if (firefox && process.env.TEST_WORKER_INDEX === undefined) {
  console.log('In Firefox these are left out:');
  for (const [title, reason] of LEFT_OUT) console.log(`- ${title}: ${reason}`);
}

export default defineConfig({
  ...(firefox && { grepInvert: LEFT_OUT.map(([title]) => new RegExp(literally(title))), timeout: 90_000, expect: { timeout: 15_000 } }),
  testDir: '.',
  outputDir: '../../test-results/page',
  reporter: 'list',
  retries: 0,
  snapshotPathTemplate: '{testDir}/../../docs/looks/{arg}{ext}',
  // A picture that is missing is a failure: `make looks` takes them.
  updateSnapshots: 'none',
  workers: 2,
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    viewport: { width: 1440, height: 900 },
    ...(firefox
      ? { browserName: 'firefox', channel: 'moz-firefox', launchOptions: { executablePath: firefox } }
      : { launchOptions: { executablePath: process.env.CHROME, args: ARGUMENTS } }),
  },
  webServer: {
    command: `node ../../scripts/serve.mjs ../../dist ${port}`,
    port,
    reuseExistingServer: false,
  },
});
