// Makes the script of <accelerando-view>, with its styles and the picture that it shows first: node scripts/build-view.mjs FILE < PARTS
//
// PARTS are the parts of the run at its defaults, as the example `still --parts` prints them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const { transformSync } = createRequire(new URL('../tests/page/', import.meta.url))('esbuild');

const file = process.argv[2];
if (!file) throw new Error('which file?');
// Views stand in pages with typefaces of their own: no font is loaded for them.
const tokens = readFileSync('style/tokens.css', 'utf8')
  .replace(/@font-face \{[^}]*\}/g, '')
  .replace(/:root\[[^}]*\}/g, '')
  .replace(':root', ':host')
  .replace('color-scheme: light dark;', '')
  .replace('Inter, "Inter fallback", system-ui', 'inherit');
const style = transformSync(tokens + readFileSync('style/view.css', 'utf8'), { loader: 'css', minify: true }).code;
const script = readFileSync('public/embed/view.js', 'utf8')
  .replace('__PICTURE__', () => readFileSync(0, 'utf8').trim())
  .replace('__STYLE__', () => JSON.stringify(style));
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, transformSync(script, { minify: true, format: 'esm' }).code);
