// In the package, a call on what was freed is an error with a code, too: node scripts/freed.mjs FILE
// The tool that binds Rust to JavaScript throws that one by itself, before anything of ours is asked.
import { readFileSync, writeFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
const thrown = 'throw new Error(getStringFromWasm0(arg0, arg1));';
if (text.split(thrown).length !== 2) {
  console.error(`${file}: there should be one \`${thrown}\`; is this another version of wasm-bindgen?`);
  process.exit(1);
}
const coded = `const message = getStringFromWasm0(arg0, arg1);
            if (message.startsWith('null pointer')) throw Object.assign(new Error('it was freed: make a new one'), { code: 'freed' });
            throw Object.assign(new Error(message), { code: 'internal' });`;
writeFileSync(file, text.replace(thrown, coded));
