// Serves a folder on 127.0.0.1: node scripts/serve.mjs FOLDER PORT
// With --check for the folder it only says whether the port is free.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.toml': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

// The strictest policy that the page is meant to run under.
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

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
  response.writeHead(200, {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': POLICY,
    'Cache-Control': 'no-store',
  });
  createReadStream(file).pipe(response);
});

server.on('error', (error) => {
  if (error.code === 'EADDRINUSE') {
    console.error(`port ${port} is taken: stop what uses it, or choose another with PORT=${port + 1} make serve`);
  } else {
    console.error(`cannot serve on port ${port}: ${error.message}`);
  }
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => {
  if (folder === '--check') {
    server.close();
    return;
  }
  console.log(`Accelerando is at http://127.0.0.1:${server.address().port}/ (Ctrl+C stops it)`);
});
