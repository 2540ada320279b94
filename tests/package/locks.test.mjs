// What scripts/locks.mjs refuses in npm's lock files, from both sides.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { faults } from '../../scripts/locks.mjs';

const sum = `sha512-${'a'.repeat(86)}==`;
const manifest = { devDependencies: { one: '1.0.0' }, overrides: { two: '2.0.0' } };
const lock = (change = {}, root = {}) => ({
  lockfileVersion: 3,
  packages: {
    '': { devDependencies: { one: '1.0.0' }, ...root },
    'node_modules/one': { version: '1.0.0', integrity: sum, license: 'MIT', ...change },
    'node_modules/one/node_modules/two': { version: '2.0.0', integrity: sum, license: '(GPL-3.0-only OR MIT)' },
  },
});

test('a lock that is as it should be has no faults', () => {
  assert.deepEqual(faults(manifest, lock()), []);
  assert.deepEqual(faults(manifest, lock({ license: 'MIT AND ISC' })), []);
});

test('whatever else it is, is told', () => {
  const cases = [
    [{ integrity: undefined }, /no sha512 sum/],
    [{ integrity: 'sha1-aaaa' }, /no sha512 sum/],
    [{ resolved: 'git+ssh://elsewhere/one.git' }, /names where it comes from/],
    [{ hasInstallScript: true }, /runs a script/],
    [{ license: 'GPL-3.0-only' }, /licence GPL-3.0-only/],
    [{ license: 'AGPL-3.0-or-later' }, /licence AGPL/],
    [{ license: 'MIT AND LGPL-2.1' }, /licence MIT AND LGPL/],
    [{ license: undefined }, /licence unknown/],
    [{ link: true }, /a link/],
    [{ version: '1.0.1' }, /locked at 1\.0\.1/],
  ];
  for (const [change, message] of cases) {
    const found = faults(manifest, lock(change));
    assert.equal(found.length, 1, JSON.stringify([change, found]));
    assert.match(found[0], message);
  }
  assert.match(faults(manifest, lock({}, { devDependencies: { one: '1.0.0', more: '1' } }))[0], /not those of package\.json/);
  assert.match(faults({ ...manifest, overrides: { two: '2.0.1' } }, lock())[0], /override/);
  assert.match(faults({ devDependencies: { one: '^1.0.0' } }, lock({}, { devDependencies: { one: '^1.0.0' } }))[0], /name one version/);
  assert.match(faults(manifest, { ...lock(), lockfileVersion: 1 })[0], /version 1/);
});
