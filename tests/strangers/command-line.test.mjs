// The command line, given what was made to freeze or kill it, within bounds: it ends by itself, with a message.
import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { ARGUMENTS, FILES, LINKS } from './attacks.mjs';
import { bounded } from './bounds.mjs';

const program = process.env.ACCELERANDO ?? 'target/debug/accelerando-app';
/** 500 MB for what a scenario may need, and what a program needs before it begins. */
const MEMORY = 640;
/** Ten times what the dearest scenario may take: this is the build for tests, and some calls make several runs. */
const SECONDS = 20;
/** More than anybody reads of what is wrong. */
const MOST_SAID = 64 << 10;
const FORMATS = ['json', 'csv', 'markdown', 'trace-event', 'svg'];

const folder = mkdtempSync(join(tmpdir(), 'accelerando-strangers-'));
after(() => rmSync(folder, { recursive: true }));

/** Calls the program, which must end by itself; gives its code. */
const ends = async (...args) => {
  const came = await bounded(program, args, { memory: MEMORY, seconds: SECONDS });
  const told = `it ended with ${came.signal ?? came.code} and said: ${came.err.slice(0, 400)}`;
  assert.ok(!['SIGXCPU', 'SIGKILL'].includes(came.signal) && ![137, 152].includes(came.code), `over ${SECONDS} s of processor time: ${told}`);
  assert.doesNotMatch(came.err.slice(-2_000), /memory allocation of|overflowed its stack|panicked at/, told);
  assert.ok([0, 1, 2].includes(came.code), told);
  assert.ok(came.errBytes <= MOST_SAID, `it said ${came.errBytes} bytes of what is wrong: ${came.err.slice(0, 400)}`);
  if (came.code === 2) {
    assert.equal(came.outBytes, 0, told);
    assert.match(came.err, /[a-z]{3}/, told);
  }
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(came.err + came.out, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/, 'it prints control characters');
  return came.code;
};

describe('files', { concurrency: 2 }, () => {
  for (const [name, text] of Object.entries(FILES)) {
    test(name, async () => {
      const file = join(folder, `${Object.keys(FILES).indexOf(name)}.toml`);
      writeFileSync(file, text);
      const code = await ends(file);
      await ends(file, '--list-parameters');
      if (code === 2) return;
      // What is accepted is accepted in every form.
      for (const format of FORMATS) await ends(file, '--format', format);
      await ends(file, '--link');
    });
  }
});

describe('paths that are no files', { concurrency: 2 }, () => {
  before(() => {
    mkdirSync(join(folder, 'folder.toml'));
    symlinkSync('/dev/zero', join(folder, 'endless.toml'));
    symlinkSync(join(folder, 'round.toml'), join(folder, 'round.toml'));
    const sparse = openSync(join(folder, 'sparse.toml'), 'w');
    ftruncateSync(sparse, 5 * 2 ** 30);
    closeSync(sparse);
  });
  for (const name of ['folder', 'endless', 'round', 'sparse', 'missing']) {
    test(name, async () => assert.equal(await ends(join(folder, `${name}.toml`)), 2));
  }
});

describe('links', { concurrency: 2 }, () => {
  for (const [name, link] of Object.entries(LINKS)) {
    test(name, async () => {
      await ends('--open', link);
      await ends('--open', link, '--link');
    });
  }
});

describe('arguments', { concurrency: 2 }, () => {
  for (const [name, args] of Object.entries(ARGUMENTS)) {
    test(name, async () => assert.equal(await ends(...args), 2));
  }
});
