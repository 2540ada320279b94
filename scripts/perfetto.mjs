// What Perfetto makes of the file run.json that lies beside it: node scripts/perfetto.mjs FOLDER [PICTURE]
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

import { chromium } from '../tests/page/node_modules/@playwright/test/index.mjs';

const TYPES = { '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
const QUESTIONS = [
  ['complaints', "select name || ': ' || value from stats where value > 0 and severity != 'info'"],
  ['runs, and how deep they are nested', 'select count(*), max(depth) from slice join thread_track on track_id = thread_track.id'],
  ['tracks of endpoints that ran', 'select count(distinct track_id) from slice join thread_track on track_id = thread_track.id'],
  ['arrows', 'select count(*) from flow'],
  ['counters, and their values', 'select count(distinct track_id), count(*) from counter'],
];

const [folder, picture] = process.argv.slice(2);
const server = createServer(async (request, response) => {
  const path = new URL(request.url, 'http://localhost').pathname;
  const file = join(folder, normalize(path.endsWith('/') ? `${path}index.html` : path));
  const body = await readFile(file).catch(() => undefined);
  response.writeHead(body ? 200 : 404, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
  response.end(body);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({ executablePath: process.env.CHROME, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1100 } });
  await page.goto(`${address}/#!/?url=${address}/run.json`);
  await page.getByText(/^health/).first().waitFor();
  const ask = (sql) =>
    page.evaluate(async (sql) => {
      const result = await globals.engines.values().next().value.query(sql);
      const rows = [];
      for (const row = result.iter({}); row.valid(); row.next()) rows.push(result.columns().map((name) => String(row.get(name))).join(', '));
      return rows;
    }, sql);
  for (const [what, sql] of QUESTIONS) {
    const rows = await ask(sql);
    console.log(`Perfetto, ${what}: ${rows.join('; ') || 'none'}`);
    if (what === 'complaints' && rows.length > 0) process.exitCode = 1;
  }
  if (picture) await page.screenshot({ path: picture });
} finally {
  await browser.close();
  server.close();
}
