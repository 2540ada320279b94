// Prints what the page weighs, compressed with brotli as servers do it, beside the budget; fails over it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const BUDGET = 256 * 1024;
/** What a view in somebody else's page may load before it is seen or touched: its script, with the picture in it. */
const VIEW = 'embed/accelerando-view.js';
const VIEW_BUDGET = 15 * 1024;
/** The scenario that the page opens with. */
const OPENED = 'scenarios/flash-sale.compiled';
const dist = process.argv[2] ?? 'dist';
const kib = (bytes) => (bytes / 1024).toFixed(1).padStart(8);
const compressed = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

let counted = 0;
let scenario = 0;
let view = 0;
console.log('    KiB  brotli  file');
for (const name of readdirSync(dist, { recursive: true }).sort()) {
  if (!/\.(wasm|js|css|woff2|html|compiled)$/.test(name)) continue;
  // The HTML with its picture is there before the rest; the rest comes when somebody wants it.
  const apart = name.endsWith('.html')
    ? ' (before all else, not counted)'
    : name.startsWith('parts/')
      ? ' (on demand, not counted)'
      : name.endsWith('.compiled')
        ? ' (a scenario: data, not counted; one is loaded)'
        : name.startsWith('embed/')
          ? ' (the worker, and views in other pages: on demand, not counted)'
          : '';
  const bytes = readFileSync(join(dist, name));
  // A font of this kind is compressed already, and servers leave it alone.
  const small = name.endsWith('.woff2') ? bytes.length : compressed(bytes);
  if (!apart) counted += small;
  if (name === OPENED) scenario = small;
  if (name === VIEW) view = small;
  console.log(`${kib(bytes.length)}${kib(small)}  ${name}${apart}`);
}
function told(what, bytes, budget) {
  const over = bytes === 0 || bytes > budget;
  console.log(`${what}: ${(bytes / 1024).toFixed(1)} KiB with brotli, of at most ${budget / 1024}${over ? ': OVER BUDGET' : ''}`);
  if (over) process.exitCode = 1;
}

told('script, wasm, style and font', counted, BUDGET);
console.log(`with the scenario that it opens with, which is data: ${((counted + scenario) / 1024).toFixed(1)} KiB`);
told('a view in another page before it is seen, picture included', view, VIEW_BUDGET);
