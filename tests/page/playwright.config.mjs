import { defineConfig } from '@playwright/test';

import { ARGUMENTS } from './chromium.mjs';

const port = Number(process.env.PORT);

export default defineConfig({
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
    launchOptions: {
      executablePath: process.env.CHROME,
      args: ARGUMENTS,
    },
  },
  webServer: {
    command: `node ../../scripts/serve.mjs ../../dist ${port}`,
    port,
    reuseExistingServer: false,
  },
});
