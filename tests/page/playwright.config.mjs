import { defineConfig } from '@playwright/test';

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
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `node ../../scripts/serve.mjs ../../dist ${port}`,
    port,
    reuseExistingServer: false,
  },
});
