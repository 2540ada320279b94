// Where the package is used: workers, bundles, an installed package.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import { explain, exportAs, MIN, root, simulate, wasm } from './loaded.mjs';

test('several module workers share one compiled module and come to the same runs', async () => {
  const module = new WebAssembly.Module(wasm);
  const settings = [{}, { traffic: 2 }, { seed: 7, noise: 0.02 }];
  const sent = await Promise.all(settings.map((parameters) => new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: { module, parameters } });
    worker.once('message', resolve);
    worker.once('error', reject);
  })));
  for (const [index, { run, recipe }] of sent.entries()) {
    const here = simulate('flash-sale', { parameters: settings[index] });
    assert.deepEqual(run, here);
    assert.equal(exportAs({ ...run, recipe }, 'csv'), exportAs(here, 'csv'));
    assert.equal(explain(run, 'traffic_monitor', 5 * MIN).kind, 'ran');
  }
});

test('a bundler takes it in, and the bundle runs', async () => {
  const { build } = await import('esbuild');
  const folder = mkdtempSync(join(tmpdir(), 'accelerando-bundle-'));
  const outfile = join(folder, 'bundle.mjs');
  const result = await build({
    stdin: { contents: "export { initSync, simulate } from './pkg/accelerando.js';", resolveDir: root },
    bundle: true, format: 'esm', platform: 'browser', outfile, minify: true, logLevel: 'silent',
  });
  assert.deepEqual([result.errors, result.warnings], [[], []]);
  const bundle = await import(pathToFileURL(outfile).href);
  bundle.initSync({ module: wasm });
  assert.equal(bundle.simulate('flash-sale').result_hash, simulate('flash-sale').result_hash);
  rmSync(folder, { recursive: true });
});

test('two instances in one thread know nothing of each other', async () => {
  const other = await import(`${new URL('../../pkg/accelerando.js', import.meta.url).href}?other`);
  other.initSync({ module: wasm });
  const run = other.simulate('flash-sale', { parameters: { traffic: 2 } });
  // A run is plain data: it can be asked of either.
  assert.equal(exportAs(run, 'csv'), other.exportAs(run, 'csv'));
});
