// Prints what the page weighs, compressed with brotli as servers do it, beside the budget.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const BUDGET = 200 * 1024;
const dist = process.argv[2] ?? 'dist';
const kib = (bytes) => (bytes / 1024).toFixed(1).padStart(8);
const compressed = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

let counted = 0;
console.log('    KiB  brotli  file');
for (const name of readdirSync(dist).sort()) {
  const path = join(dist, name);
  if (!statSync(path).isFile()) continue;
  const bytes = readFileSync(path);
  const small = compressed(bytes);
  if (/\.(wasm|js|css)$/.test(name)) counted += small;
  console.log(`${kib(bytes.length)}${kib(small)}  ${name}`);
}
for (const name of readdirSync(join(dist, 'fonts'))) {
  const { size } = statSync(join(dist, 'fonts', name));
  if (name.endsWith('.woff2')) console.log(`${kib(size)}${kib(size)}  fonts/${name} (not counted)`);
}
const verdict = counted > BUDGET ? 'missed' : 'reached';
console.log(
  `script, wasm and style: ${(counted / 1024).toFixed(1)} KiB with brotli; to reach: ${BUDGET / 1024} KiB, ${verdict}`,
);
