// A host that sends no policy: the built page, and whatever else lies there, at an origin of its own.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const TYPES = { '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm', '.woff2': 'font/woff2' };

/**
 * Starts one; `more` gives what lies there besides, by its path: a text, or what answers. It tells its origin and what
 * it was asked for, and is closed by `close`.
 */
export async function bare(more = {}) {
  const asked = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://host').pathname;
    asked.push({ path, cookie: request.headers.cookie });
    const own = Object.hasOwn(more, path) ? more[path] : undefined;
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (typeof own === 'function') return own(request, response);
    const file = join(DIST, path);
    const there = file.startsWith(DIST) && existsSync(file) && statSync(file).isFile();
    if (own === undefined && !there) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'text/plain' });
    return response.end(own ?? readFileSync(file));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, asked, close };
}
