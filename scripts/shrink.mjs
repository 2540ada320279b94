// Makes the built page smaller without changing what it does: node scripts/shrink.mjs DIST
//
// - all styles become one file, without blanks;
// - the glue between wasm and browser loses its blanks, and the names by which the two find each other, which
//   wasm-bindgen makes long so that they are unique in the world, become short ones that are unique here;
// - scripts that were written by hand lose blanks and comments.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';

// Found where set-up has put it.
const { transformSync } = createRequire(new URL('../tests/page/', import.meta.url))('esbuild');

const IMPORTS = 2;
const EXPORTS = 7;
const FUNCTION = 0;
const LONG_NAME = /__wb[a-z]+_[A-Za-z0-9_$]*[0-9a-f]{16}|wasm_bindgen_[0-9a-f]{16}_\w+/g;

const dist = process.argv[2] ?? 'dist';
const index = join(dist, 'index.html');
const built = (pattern) => {
  const found = readdirSync(dist).filter((name) => pattern.test(name));
  if (found.length !== 1) throw new Error(`${dist}: one file like ${pattern} was expected, there are ${found.length}`);
  return join(dist, found[0]);
};

function styles() {
  const page = readFileSync(index, 'utf8');
  const link = /<link rel="stylesheet" href="\.\/([^"]+)"[^>]*>\s*/g;
  const names = [...page.matchAll(link)].map((match) => match[1]);
  if (names.length === 0) throw new Error(`${index} has no styles`);
  const all = names.map((name) => readFileSync(join(dist, name), 'utf8')).join('\n');
  const { code } = transformSync(all, { loader: 'css', minify: true });
  const style = `style-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.css`;
  for (const name of names) rmSync(join(dist, name));
  writeFileSync(join(dist, style), code);
  let first = true;
  const linked = page.replace(link, () => {
    const one = first ? `<link rel="stylesheet" href="./${style}">\n` : '';
    first = false;
    return one;
  });
  writeFileSync(index, linked);
}

/** A module whose imported and exported functions have other names. */
function renamed(wasm, short) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const bytes = () => {
    const length = number();
    at += length;
    return wasm.subarray(at - length, at);
  };
  const written = (value) => {
    const out = [];
    for (; value >= 0x80; value = Math.floor(value / 0x80)) out.push((value % 0x80) + 0x80);
    return Buffer.from([...out, value]);
  };
  const named = (text) => [written(text.length), text];
  const parts = [wasm.subarray(0, 8)];
  while (at < wasm.length) {
    const start = at;
    const section = wasm[at++];
    const end = number() + at;
    if (section !== IMPORTS && section !== EXPORTS) {
      at = end;
      parts.push(wasm.subarray(start, end));
      continue;
    }
    const entries = [written(number())];
    while (at < end) {
      if (section === IMPORTS) entries.push(...named(bytes()));
      const name = bytes().toString();
      const kind = wasm[at++];
      if (section === IMPORTS && kind !== FUNCTION) throw new Error(`${name} is imported, but is no function`);
      entries.push(...named(Buffer.from(short.get(name) ?? name)), Buffer.from([kind]), written(number()));
    }
    const body = Buffer.concat(entries);
    parts.push(Buffer.from([section]), written(body.length), body);
  }
  return Buffer.concat(parts);
}

function glue() {
  const [script, module] = [built(/^accelerando-app-.*\.js$/), built(/_bg\.wasm$/)];
  const text = readFileSync(script, 'utf8');
  const names = [...new Set(text.match(LONG_NAME))];
  const short = new Map(names.map((name, place) => [name, `_${place.toString(36)}`]));
  const shortened = text.replace(LONG_NAME, (name) => short.get(name));
  writeFileSync(script, transformSync(shortened, { minify: true, format: 'esm' }).code);
  writeFileSync(module, renamed(readFileSync(module), short));
}

/** What stands beside the program as it was written. */
function scripts() {
  const below = readdirSync(dist, { recursive: true }).map(String);
  for (const name of below.filter((name) => /^(boot|embed\/(frame|accelerando)|parts\/[a-z]+|snippets\/.*)\.js$/.test(name))) {
    const path = join(dist, name);
    writeFileSync(path, transformSync(readFileSync(path, 'utf8'), { minify: true, format: 'esm' }).code);
  }
}

styles();
glue();
scripts();
