// The built package, and what its tests have in common.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { initSync } from '../../pkg/accelerando.js';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const wasm = readFileSync(new URL('../../pkg/accelerando_bg.wasm', import.meta.url));
export const instance = initSync({ module: wasm });
export * from '../../pkg/accelerando.js';

export const S = 1_000;
export const MIN = 60 * S;

/** What `work` throws. */
export const thrown = (work) => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
};

/** What the command line prints. */
export const commandLine = (...args) =>
  execFileSync('cargo', ['run', '--quiet', '--', ...args], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });

/** A scenario of somebody's own. */
export const worksToml = readFileSync(new URL('../native/works.toml', import.meta.url), 'utf8');
