// The package's own README: its examples run in a project that has the package installed, and its figures are true.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';

import { root } from './loaded.mjs';

const readme = readFileSync(join(root, 'docs/javascript.md'), 'utf8');
const examples = [...readme.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
let project;

before(() => {
  project = mkdtempSync(join(tmpdir(), 'accelerando-readme-'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(join(root, 'pkg'), join(project, 'node_modules/accelerando'));
  copyFileSync(join(root, 'public/scenarios/flash-sale.toml'), join(project, 'my.toml'));
});
after(() => rmSync(project, { recursive: true }));

/** The example with its claims (`value; // => what it is`) checked; the first example shows how every other begins. */
const checked = (code, first) => {
  let claims = 0;
  const lines = code.split('\n').map((line) => {
    const claim = /^(\s*)(.*); \/\/ => (.*)$/.exec(line);
    if (!claim) return line;
    claims += 1;
    return `${claim[1]}same(${claim[2]}, ${claim[3]});`;
  });
  const start = first ? [] : [
    "import { initSync as start } from 'accelerando';", "import { readFileSync as bytes } from 'node:fs';",
    "start({ module: bytes(new URL(import.meta.resolve('accelerando/accelerando_bg.wasm'))) });",
  ];
  const head = [
    "import assert from 'node:assert/strict';",
    'let count = 0; const same = (came, said) => { count += 1; assert.deepEqual(came, said); };', ...start,
  ];
  return { claims, program: [...head, ...lines, 'console.log(count);'].join('\n') };
};

test('there are examples', () => assert.equal(examples.length, 5));

for (const [index, code] of examples.entries()) {
  test(`example ${index + 1} runs and comes to what it says`, () => {
    const { claims, program } = checked(code, index === 0);
    const file = join(project, `example${index}.mjs`);
    writeFileSync(file, program);
    assert.ok(claims > 0);
    // A claim that is never reached would hold whatever it says.
    assert.equal(execFileSync(process.execPath, [file], { cwd: project, encoding: 'utf8' }).trim(), String(claims));
  });
}

test('the sizes that it tells are those of the package', () => {
  const [, whole, wasm, script] = /weighs (\d+) KiB compressed with brotli \((\d+) KiB of WebAssembly, (\d+) KiB of script\)/
    .exec(readme.replaceAll('\n', ' '));
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  const kib = (name) => brotliCompressSync(readFileSync(join(root, 'pkg', name)), options).length / 1024;
  const sizes = [kib('accelerando_bg.wasm'), kib('accelerando.js')];
  const told = [Number(wasm), Number(script), Number(whole)];
  for (const [size, said] of [...sizes, sizes[0] + sizes[1]].map((size, index) => [size, told[index]])) {
    assert.ok(Math.abs(size - said) <= Math.max(1, said * 0.01), `${size.toFixed(1)} KiB, not ${said}: ${sizes}`);
  }
});

test('the package carries it, and every file that it needs', () => {
  assert.equal(readFileSync(join(root, 'pkg/README.md'), 'utf8'), readme);
  const listed = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: join(root, 'pkg'), encoding: 'utf8' }));
  const files = listed[0].files.map((file) => file.path);
  for (const name of ['README.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'package.json', 'accelerando.js', 'accelerando.d.ts', 'accelerando_bg.wasm', 'accelerando-view.js', 'custom-elements.json']) {
    assert.ok(files.includes(name), `${name} is not in ${files}`);
  }
});

test('every code that it names is one that is thrown', () => {
  const sources = execFileSync('grep', ['-rhoE', `["'][a-z]+(_[a-z]+)+["']`, join(root, 'src'), join(root, 'scripts/renewed.mjs')], { encoding: 'utf8' });
  const known = new Set(sources.split('\n').map((quoted) => quoted.slice(1, -1)));
  const named = [...readme.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, name]) => name).filter((name) => !name.endsWith('_ms'));
  const codes = named.filter((name) => name !== 'planner_fault' && name !== 'result_hash');
  assert.ok(codes.length > 15);
  for (const code of codes) assert.ok(known.has(code), code);
});
