// Serves a folder on 127.0.0.1: node scripts/serve.mjs FOLDER PORT
// With --check for the folder it only says whether the port is free.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.toml': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

// The strictest policy that the page is meant to run under.
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'";

/** What was compressed, by file and the time at which it was written. */
const compressed = new Map();

function small(file) {
  const key = `${file} ${statSync(file).mtimeMs}`;
  if (!compressed.has(key)) compressed.set(key, brotliCompressSync(readFileSync(file)));
  return compressed.get(key);
}

const [folder = 'dist', wanted = '8080'] = process.argv.slice(2);
const root = resolve(folder);
const port = Number(wanted);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`PORT=${wanted} is not a port: use a number from 0 to 65535`);
  process.exit(2);
}

const server = createServer((request, response) => {
  let path = '';
  try {
    path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
  } catch {
    response.writeHead(400).end('bad address');
    return;
  }
  let file = normalize(join(root, path));
  if (file !== root && !file.startsWith(root + sep)) {
    response.writeHead(403).end('forbidden');
    return;
  }
  if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
  if (!existsSync(file)) {
    response.writeHead(404).end('not found');
    return;
  }
  const brotli = extname(file) !== '.woff2' && /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
  response.writeHead(200, {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': POLICY,
    // Views and frames in other people's pages may load what is here, also from a sandbox, whose origin is none.
    'Access-Control-Allow-Origin': '*',
    'Cache-Control': 'no-store',
    Vary: 'Accept-Encoding',
    ...(brotli && { 'Content-Encoding': 'br' }),
  });
  response.end(brotli ? small(file) : readFileSync(file));
});

server.on('error', (error) => {
  if (error.code === 'EADDRINUSE') {
    console.error(`port ${port} is taken: stop what uses it, or choose another with PORT=${port + 1} make serve`);
  } else {
    console.error(`cannot serve on port ${port}: ${error.message}`);
  }
  process.exit(1);
});
if (folder !== '--check') {
  // Before anybody comes, as hosts have it: large files take seconds.
  for (const name of readdirSync(root)) if (TYPES[extname(name)]) small(join(root, name));
}
server.listen(port, '127.0.0.1', () => {
  if (folder === '--check') {
    server.close();
    return;
  }
  console.log(`Accelerando is at http://127.0.0.1:${server.address().port}/ (Ctrl+C stops it)`);
});
