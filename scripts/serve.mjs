// Serves a folder on 127.0.0.1: node scripts/serve.mjs FOLDER PORT
// With --check for the folder it only says whether the port is free.
//
// Invariant: it answers with regular files that lie below the folder, to those who ask for this machine by its name, and
// with nothing else; no file and no request ends it.
import { constants, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';

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
/** Up to this many bytes a file is compressed. */
const COMPRESSED_MOST = 32 << 20;
/** What looking for a file says where there is none to be served. */
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EACCES', 'EPERM', 'ENXIO', 'EISDIR']);

const [folder = 'dist', wanted = '8080'] = process.argv.slice(2);
const port = Number(wanted);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`PORT=${wanted} is not a port: use a number from 0 to 65535`);
  process.exit(2);
}
const checking = folder === '--check';
const root = checking ? '' : rooted();
const below = root.endsWith(sep) ? root : root + sep;
const policy = checking ? undefined : policyOf(join(root, 'index.html'));

function rooted() {
  try {
    readdirSync(folder);
    return realpathSync(resolve(folder));
  } catch (error) {
    console.error(`cannot serve ${folder}: ${error.message}`);
    return process.exit(1);
  }
}

/** The policy that a page says of itself, which its header says, too: on one line, without what headers cannot hold. */
function policyOf(page) {
  try {
    return /http-equiv="?Content-Security-Policy"? content="([ !#-~]+)"/.exec(readFileSync(page, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

const HEADERS = {
  ...(policy && { 'Content-Security-Policy': policy }),
  'X-Content-Type-Options': 'nosniff',
  // Views and frames in other people's pages may load what is here, also from a sandbox, whose origin is none.
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': 'no-store',
  Vary: 'Accept-Encoding',
};

/** What is said in place of a file. */
class Refusal extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    Object.assign(this, { status, headers });
  }
}

/** Throws unless a request is one that is answered here. Names of other machines that lead here are not ours. */
function check({ method, headers }) {
  const { port } = server.address();
  const ours = ['localhost', '127.0.0.1', '[::1]'].flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]);
  if (!ours.includes(headers.host?.toLowerCase())) throw new Refusal(421, `this server is ${ours.join(', ')}`);
  if (method !== 'GET' && method !== 'HEAD') throw new Refusal(405, 'only GET and HEAD', { Allow: 'GET, HEAD' });
}

/** The path of what is asked for, below the folder. */
function pathOf(address) {
  const [encoded] = address.split(/[?#]/);
  let path;
  try {
    path = decodeURIComponent(encoded);
  } catch {
    throw new Refusal(400, 'the address is not encoded as addresses are');
  }
  if (!path.startsWith('/') || /[\0\\]/.test(path)) throw new Refusal(400, 'an address starts with / and has no \\');
  return join(root, path);
}

/** A regular file below the folder, open, with what is known of it. Links count as what they lead to. */
async function opened(path) {
  let file = await realpath(path);
  if ((await stat(file)).isDirectory()) file = await realpath(join(file, 'index.html'));
  if (!file.startsWith(below)) throw new Refusal(404, 'not found');
  // Without waiting: a pipe would have nobody write into it.
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const about = await handle.stat();
  if (about.isFile()) return { file, handle, about };
  await handle.close();
  throw new Refusal(404, 'not found');
}

const compress = promisify(brotliCompress);
/** What was compressed, by file, with what it was then. */
const kept = new Map();

/** A file as brotli, compressed once until it changes. */
function compressed({ file, handle, about }) {
  const now = `${about.ino} ${about.mtimeMs} ${about.size}`;
  if (kept.get(file)?.as !== now) {
    const bytes = handle.readFile().then((bytes) => compress(bytes));
    kept.set(file, { as: now, bytes });
    bytes.catch(() => kept.delete(file));
  }
  return kept.get(file).bytes;
}

const isCompressed = ({ file, about }) => extname(file) in TYPES && extname(file) !== '.woff2' && about.size <= COMPRESSED_MOST;

async function answer(request, response) {
  check(request);
  const found = await opened(pathOf(request.url));
  try {
    const brotli = isCompressed(found) && /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
    const bytes = brotli && (await compressed(found));
    response.writeHead(200, {
      ...HEADERS,
      'Content-Type': TYPES[extname(found.file)] ?? 'application/octet-stream',
      ...(brotli && { 'Content-Encoding': 'br' }),
    });
    if (brotli || request.method === 'HEAD') response.end(bytes || undefined);
    else await pipeline(found.handle.createReadStream({ autoClose: false }), response);
  } finally {
    await found.handle.close();
  }
}

const server = createServer(async (request, response) => {
  try {
    await answer(request, response);
  } catch (error) {
    // Half an answer cannot be taken back.
    if (response.headersSent) return response.destroy();
    const { status, message, headers } = error instanceof Refusal ? error
      : NOT_THERE.has(error.code) ? new Refusal(404, 'not found') : new Refusal(500, 'it cannot be read');
    response.writeHead(status, { ...HEADERS, 'Content-Type': TYPES['.txt'], ...headers }).end(`${message}\n`);
  }
});

server.on('error', (error) => {
  if (error.code === 'EADDRINUSE') {
    console.error(`port ${port} is taken: stop what uses it, or choose another with PORT=${port + 1} make serve`);
  } else {
    console.error(`cannot serve on port ${port}: ${error.message}`);
  }
  process.exit(1);
});

/** Before anybody comes, as hosts have it: large files take seconds. What cannot be read is told to whoever asks for it. */
async function prepare(names) {
  for (const name of names) {
    if (!(extname(name) in TYPES)) continue;
    try {
      const found = await opened(join(root, name));
      try {
        if (isCompressed(found)) await compressed(found);
      } finally {
        await found.handle.close();
      }
    } catch {}
  }
}

if (!checking) await prepare(readdirSync(root));
server.listen(port, '127.0.0.1', () => {
  if (checking) {
    server.close();
    return;
  }
  console.log(`Accelerando is at http://127.0.0.1:${server.address().port}/ (Ctrl+C stops it)`);
  // What is loaded on demand may be made ready meanwhile.
  prepare(readdirSync(root, { recursive: true }).map(String));
});
