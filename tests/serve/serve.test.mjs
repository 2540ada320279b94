// The server of `make serve`, asked as friends and strangers ask: what lies below its folder, and nothing else.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

const PROGRAM = fileURLToPath(new URL('../../scripts/serve.mjs', import.meta.url));
const PAGE = fileURLToPath(new URL('../../index.html', import.meta.url));

let place;
let root;
let server;
let port;

/** Starts the server of a folder; resolves with its process and its port. */
function started(folder) {
  const child = spawn(process.execPath, [PROGRAM, folder, '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (text) => (said += text));
    child.stdout.once('data', (text) => resolve({ child, port: Number(/:(\d+)\//.exec(text)[1]) }));
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said}`)));
  });
}

/** One answer, whatever its status. */
function ask(path, { method = 'GET', headers = {}, to = port } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: to, path, method, headers: { Host: `127.0.0.1:${to}`, ...headers }, setHost: false, agent: false }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
      answer.on('error', reject);
    });
    asked.on('error', reject).end();
  });
}

/** What comes back when a text is sent as it is. */
function raw(text) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on('data', (part) => (answer += part));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

before(async () => {
  place = mkdtempSync(join(tmpdir(), 'accelerando-serve-'));
  root = join(place, 'dist');
  mkdirSync(join(root, 'deep'), { recursive: true });
  writeFileSync(join(place, 'secret.txt'), 'a secret');
  mkdirSync(join(place, 'dist-beside'));
  writeFileSync(join(place, 'dist-beside', 'secret.txt'), 'a secret');
  writeFileSync(join(root, 'index.html'), readFileSync(PAGE));
  writeFileSync(join(root, 'deep', 'index.html'), 'deep');
  writeFileSync(join(root, 'own.toml'), 'title = "own"\n');
  writeFileSync(join(root, 'plain.bin'), Buffer.alloc(200_000, 'x'));
  writeFileSync(join(root, 'empty.js'), '');
  symlinkSync(join(place, 'secret.txt'), join(root, 'out.txt'));
  symlinkSync(place, join(root, 'up'));
  symlinkSync(join(root, 'own.toml'), join(root, 'within.toml'));
  symlinkSync('loop.js', join(root, 'loop.js'));
  symlinkSync(join(place, 'nowhere.js'), join(root, 'nowhere.js'));
  mkdirSync(join(root, 'folder.js'));
  mkdirSync(join(root, 'trap', 'index.html'), { recursive: true });
  execFileSync('mkfifo', [join(root, 'pipe.js')]);
  ({ child: server, port } = await started(root));
});

after(() => {
  server?.kill();
  rmSync(place, { recursive: true, force: true });
});

test('serves files below its folder to GET and HEAD', async () => {
  const page = await ask('/');
  assert.equal(page.status, 200);
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  assert.deepEqual(page.body, readFileSync(PAGE));
  assert.equal((await ask('/deep')).body.toString(), 'deep');
  assert.equal((await ask('/own.toml?x=1')).body.toString(), 'title = "own"\n');
  assert.equal((await ask('/within.toml')).body.toString(), 'title = "own"\n', 'a link within is what it leads to');
  assert.equal((await ask('/plain.bin')).body.length, 200_000);
  assert.equal((await ask('/empty.js')).body.length, 0);
  const small = await ask('/own.toml', { headers: { 'Accept-Encoding': 'gzip, br' } });
  assert.equal(small.headers['content-encoding'], 'br');
  assert.equal(brotliDecompressSync(small.body).toString(), 'title = "own"\n');
  const head = await ask('/own.toml', { method: 'HEAD' });
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  writeFileSync(join(root, 'own.toml'), 'title = "another one"\n');
  const again = await ask('/own.toml', { headers: { 'Accept-Encoding': 'br' } });
  assert.equal(brotliDecompressSync(again.body).toString(), 'title = "another one"\n', 'what has changed is compressed anew');
});

test('the header says the policy that stands in the page', async () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(readFileSync(PAGE, 'utf8'))[1];
  assert.equal((await ask('/')).headers['content-security-policy'], policy);
  for (const part of ["default-src 'none'", "worker-src 'self'", "base-uri 'none'", "form-action 'none'"]) assert.ok(policy.includes(part), part);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|\*/);
});

test('nothing outside of its folder, whatever the way', async () => {
  for (const path of ['/out.txt', '/up/secret.txt', '/up', '/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/deep/../../secret.txt',
    '/../dist-beside/secret.txt', '/loop.js', '/nowhere.js', `/${'a'.repeat(5_000)}`, '/own.toml/', '/own.toml/x', '/missing.js']) {
    const { status, body } = await ask(path);
    assert.equal(status, 404, path);
    assert.equal(body.toString(), 'not found\n', path);
  }
  for (const path of ['/%00', '/%', '/%ff', '/..%5csecret.txt', '/a\\b']) assert.equal((await ask(path)).status, 400, path);
});

test('folders and pipes that look like files end nothing', async () => {
  for (const path of ['/trap', '/trap/', '/trap/index.html', '/folder.js', '/pipe.js']) assert.equal((await ask(path)).status, 404, path);
  assert.equal((await ask('/')).status, 200);
});

test('a folder whose index.html is a folder is served, too', async () => {
  const { child, port: to } = await started(join(root, 'trap'));
  try {
    assert.equal((await ask('/', { to })).status, 404);
  } finally {
    child.kill();
  }
});

test('only GET and HEAD', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND']) {
    const { status, headers } = await ask('/', { method });
    assert.deepEqual([status, headers.allow], [405, 'GET, HEAD'], method);
  }
});

test('only under the names of this machine', async () => {
  for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
    assert.equal((await ask('/', { headers: { Host: host } })).status, 200, host);
  }
  for (const host of ['evil.example', `evil.example:${port}`, 'localhost', `localhost:${port + 1}`, `localhost.evil.example:${port}`, `localhost:${port}@evil.example`, '']) {
    const { status, body } = await ask('/', { headers: { Host: host } });
    assert.equal(status, 421, host);
    assert.doesNotMatch(body.toString(), /<html/);
  }
  assert.match(await raw(`GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`), /^HTTP\/1\.1 400/);
  assert.match(await raw('GET / HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 421/);
});

test('neither nonsense nor who leaves ends it', async () => {
  for (const text of ['\0\0\0\r\n\r\n', 'GET\r\n\r\n', `GET / HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(5_000)}\r\n`, `CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    `GET // HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`, `GET * HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`]) await raw(text);
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`GET /plain.bin HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`, () => socket.destroy());
      });
      socket.on('close', done).on('error', () => {});
    });
  }
  assert.equal((await ask('/')).status, 200);
});

test('files that come and go while they are asked for end nothing', async () => {
  const file = join(root, 'fleeting.js');
  const statuses = new Set();
  for (let turn = 0; turn < 60; turn += 1) {
    writeFileSync(file, `// ${'x'.repeat(turn * 1_000)}`);
    const asked = [ask('/fleeting.js'), ask('/fleeting.js', { headers: { 'Accept-Encoding': 'br' } })];
    unlinkSync(file);
    mkdirSync(file);
    for (const answer of await Promise.all(asked.map((each) => each.catch(() => ({ status: 'cut' }))))) statuses.add(answer.status);
    rmSync(file, { recursive: true });
  }
  for (const status of statuses) assert.ok([200, 404, 500, 'cut'].includes(status), String(status));
  assert.equal((await ask('/')).status, 200);
});

test('--check says whether the port is free, and a folder that is missing is named', () => {
  execFileSync(process.execPath, [PROGRAM, '--check', '0']);
  const failed = (...args) => {
    try {
      execFileSync(process.execPath, [PROGRAM, ...args], { stdio: 'pipe' });
    } catch (error) {
      return [error.status, error.stderr.toString()];
    }
    return assert.fail(`${args} is taken`);
  };
  assert.deepEqual(failed('--check', String(port))[0], 1);
  assert.match(failed('--check', String(port))[1], /is taken/);
  assert.match(failed(join(place, 'missing'), '0')[1], /cannot serve .*missing/);
  assert.equal(failed(root, '70000')[0], 2);
});
