// The npm package, given what was made to freeze or kill it, within bounds: it answers or refuses with a code, and goes on.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import { FILES } from './attacks.mjs';
import { bounded } from './bounds.mjs';

const called = fileURLToPath(new URL('called.mjs', import.meta.url));
/** Of WebAssembly's memory, in bytes. */
const MEMORY = 512 << 20;
/** Over all calls, of which there are a dozen. */
const SECONDS = 60;
/** More letters than anybody reads of what is wrong. */
const MOST_SAID = 64 << 10;

test('scenarios', { concurrency: 2 }, async (t) => {
  await Promise.all(Object.entries(FILES).map(([name, text]) => t.test(name, async () => {
    // Address space says nothing of a program that sets aside much more than it uses; its own heap has a bound of its own.
    const came = await bounded(process.execPath, ['--max-old-space-size=1024', called], { memory: 0, seconds: SECONDS, input: text });
    assert.equal(came.signal ?? came.code, 0, `it ended with ${came.signal ?? came.code}, after ${SECONDS} s of processor time at most: ${came.err.slice(0, 600)}`);
    const { came: calls, wasmBytes } = JSON.parse(came.out);
    for (const [call, { code, message, size }] of Object.entries(calls)) {
      assert.match(code, /^[a-z][a-z_]*$/, `${call}: ${code}`);
      // The end of memory or stack is refused, too, but a budget should have spoken before.
      assert.doesNotMatch(code, /^(internal|module_fault|out_of_stack|lost)$/, `${call}: ${message}`);
      assert.ok(!(size > MOST_SAID), `${call}: ${size} letters of what is wrong: ${message}`);
    }
    assert.equal(calls.afterwards.code, 'answered');
    assert.ok(wasmBytes <= MEMORY, `it took ${wasmBytes >> 20} MiB`);
  })));
});
