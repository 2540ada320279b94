// What a stranger may try by an address, a message or a file, on a host that sends no policy of its own.
import { readFileSync } from 'node:fs';

import { expect, test } from '@playwright/test';

import { bare } from './bare.mjs';

// Each opens many pages.
test.describe.configure({ timeout: 120_000 });

const built = (name) => readFileSync(new URL(`../../dist/${name}`, import.meta.url), 'utf8');
const UNREADABLE = 'The scenario cannot be opened: it is missing, it is not allowed here, or it is no scenario.';
const ATTRIBUTES = ['view', 'controls', 'scenario', 'theme', 'at', 'speed'];
const SECRET = 'a secret of the host';

/** What was started by a test, to be closed after it. */
let hosts = [];
async function host(more) {
  const one = await bare(more);
  hosts.push(one);
  return one;
}
test.afterEach(async () => {
  await Promise.all(hosts.map((one) => one.close()));
  hosts = [];
});

/** A page of a stranger's, from elsewhere, that holds the frame and keeps what it says. */
async function held(page, frame, query, sandbox = '') {
  const stranger = await host({
    '/holder.html': (request, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<!doctype html><title>Holder</title><script>window.heard = [];
        addEventListener('message', ({ data, source }) => source === document.querySelector('iframe').contentWindow && heard.push(data));</script>
        <iframe title="A live view" ${sandbox} width="800" height="500" src="${frame.origin}/index.html?embed=v1&amp;${query.replaceAll('&', '&amp;')}"></iframe>`),
  });
  await page.goto(`${stranger.origin}/holder.html`);
}

const said = (page, type) => page.evaluate((type) => window.heard.filter((message) => message.type === type), type);
async function heard(page, type) {
  await expect.poll(async () => (await said(page, type)).length, { timeout: 15_000 }).toBeGreaterThan(0);
  return (await said(page, type)).at(-1);
}
/** Sends messages to the frame; what they are is written as a script, since some cannot be written as data. */
const say = (page, messages) =>
  page.evaluate((messages) => {
    window.heard.length = 0;
    const frame = document.querySelector('iframe').contentWindow;
    for (const message of new Function(`return ${messages}`)()) frame.postMessage(message, '*');
  }, messages);

const told = (page) => page.locator('accelerando-view .told');

test('no name in the address becomes an attribute, so that none of them runs', async ({ page }) => {
  const { origin } = await host();
  const run = encodeURIComponent('window.ran = true');
  for (const [query, complaint] of [
    [`traffic=zzz&onerror=${run}`, '`zzz`'],
    [`onfocus=${run}&autofocus=&tabindex=0`, 'unknown parameter'],
    [`onfocusin=${run}&contenteditable=true&autofocus`, 'unknown parameter'],
    [`onanimationstart=${run}&style=animation:x&ONCLICK=${run}`, 'unknown parameter'],
    [`onready=${run}&is=x&slot=y&class=z&hidden=&id=w&popover=`, 'unknown parameter'],
    ['__proto__=1', 'unknown parameter'],
    ['constructor=1', 'unknown parameter'],
    ['%00=1&%3Cimg=1&a%20b=1', 'unknown parameter'],
    ['credentials=include', 'unknown parameter'],
  ]) {
    await page.goto(`${origin}/index.html?embed=v1&controls=traffic&${query}`);
    await expect(told(page), query).toContainText(complaint, { timeout: 15_000 });
    await page.locator('accelerando-view').click();
    const names = await page.locator('accelerando-view').evaluate((view) => view.getAttributeNames());
    expect(names.filter((name) => !ATTRIBUTES.includes(name)), query).toEqual([]);
    expect(await page.evaluate(() => window.ran), query).toBe(undefined);
  }
});

test('parameters in the address are values of the scenario, whatever their names begin with', async ({ page }) => {
  const frame = await host();
  await held(page, frame, 'view=timeline&traffic=2&traffic=0.5&database_query_trace.cooldown=12min&cache_warm_up.fails=true');
  const { run } = await heard(page, 'run');
  expect(run.parameters.traffic).toBe(0.5);
  expect(run.parameters['database_query_trace.cooldown']).toBe(720_000);
  expect(run.parameters['cache_warm_up.fails']).toBeTruthy();
  // What a message sets comes before it, and leaves the rest.
  await say(page, "[{ accelerando: 'v1', type: 'setParameters', parameters: { traffic: 0.2 } }]");
  await expect.poll(async () => (await said(page, 'run')).at(-1)?.run.parameters).toMatchObject({ traffic: 0.2, 'database_query_trace.cooldown': 720_000 });
});

test('the address has limits, which name themselves', async ({ page }) => {
  const { origin } = await host();
  const alert = page.getByRole('alert');
  const start = '?embed=v1&view=timeline&at=1:00&x=';
  for (const [query, complaint] of [
    [start + 'y'.repeat(8_001 - start.length), '8001 letters from its question mark on, and at most 8000 are read'],
    [`?embed=v1&${Array.from({ length: 501 }, (_, index) => `p${index}=1`).join('&')}`, 'at most 500, not 501'],
    [`?embed=v1&${'n'.repeat(201)}=1`, 'names of at most 200 letters'],
    [`?embed=v1&traffic=${'v'.repeat(201)}`, 'texts of at most 200 letters'],
  ]) {
    await page.goto(`${origin}/index.html${query}`);
    await expect(alert, complaint).toContainText(complaint, { timeout: 15_000 });
    await expect(page.locator('accelerando-view .summary')).toContainText('113 checks');
  }
  for (const [query, complaint] of [
    [`?embed=v1&view=timeline&at=1:00&controls=${'y'.repeat(8_000 - 41)}`, 'unknown parameter'],
    [`?embed=v1&${Array.from({ length: 500 }, (_, index) => `p${index}=1`).join('&')}`, 'unknown parameter'],
    [`?embed=v1&${'n'.repeat(200)}=1`, 'unknown parameter'],
    [`?embed=v1&traffic=${'v'.repeat(200)}`, 'cannot be'],
  ]) {
    await page.goto(`${origin}/index.html${query}`);
    await expect(told(page)).toContainText(complaint, { timeout: 15_000 });
    await expect(alert).toHaveCount(0);
  }
});

test('the policy stands in the page before anything that loads, and holds without a header', async ({ page, baseURL }) => {
  const html = built('index.html');
  const [meta, policy] = /<meta http-equiv="?Content-Security-Policy"? content="([^"]+)"/.exec(html);
  expect(html.search(/<(link|script|style|base|img)\b/)).toBeGreaterThan(html.indexOf(meta));
  expect(html.slice(0, html.indexOf(meta))).not.toMatch(/http-equiv/);
  // The server's header is the same one.
  expect((await page.request.get(baseURL)).headers()['content-security-policy']).toBe(policy);
  const elsewhere = await host({ '/spy.js': 'window.ran = true', '/spy': 'x' });
  const { origin } = await host();
  for (const path of ['index.html', 'index.html?embed=v1']) {
    await page.goto(`${origin}/${path}`);
    await expect(page.locator(path.includes('embed') ? 'accelerando-view .lane' : '.playback').first()).toBeVisible({ timeout: 30_000 });
    const loads = await page.evaluate(async (elsewhere) => {
      const inline = document.createElement('script');
      inline.textContent = 'window.ran = true';
      const foreign = document.createElement('script');
      foreign.src = `${elsewhere}/spy.js`;
      const image = document.createElement('img');
      image.src = `${elsewhere}/spy`;
      const frame = document.createElement('iframe');
      frame.src = `${elsewhere}/spy`;
      document.body.append(inline, foreign, image, frame);
      document.body.setAttribute('onclick', 'window.ran = true');
      document.body.click();
      const base = document.createElement('base');
      base.href = `${elsewhere}/`;
      document.head.append(base);
      // Later, since what a test itself evaluates is let through.
      setTimeout('window.ran = true');
      const fetched = await fetch(`${elsewhere}/spy`).then(() => true, () => false);
      await new Promise((done) => setTimeout(done, 300));
      return { fetched, ran: window.ran, base: document.baseURI.startsWith(elsewhere) };
    }, elsewhere.origin);
    expect(loads, path).toEqual({ fetched: false, ran: undefined, base: false });
  }
  expect(elsewhere.asked).toEqual([]);
});

for (const [where, sandbox] of [['in a sandbox', 'sandbox="allow-scripts"'], ['of its own origin', '']]) {
  test(`a frame ${where} works without a header, and opens a scenario below its folder`, async ({ page }) => {
    const own = built('scenarios/flash-sale.toml').replace('duration = "40min"', 'duration = "30min"');
    const frame = await host({ '/own.toml': own, '/some/folder/own.v2.toml': own });
    for (const path of ['own.toml', 'some/folder/own.v2.toml']) {
      const complaints = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      await held(page, frame, `view=timeline&scenario=${path}`, sandbox);
      expect((await heard(page, 'run')).sentence).toMatch(/^In 30\smin/);
      expect((await heard(page, 'height')).px).toBeGreaterThan(200);
      expect(await said(page, 'error')).toEqual([]);
      expect(complaints).toEqual([]);
    }
  });
}

test('whatever is wrong with a scenario’s file, the holder hears the same, and nothing of the file', async ({ page }) => {
  test.setTimeout(240_000);
  let sent = 0;
  const text = (body) => (request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(body);
  const elsewhere = await host({ '/own.toml': built('scenarios/night-leak.toml') });
  const frame = await host({
    '/account.html': text(SECRET),
    '/secret.toml': text(SECRET),
    '/broken.toml': text(`title = "${SECRET}"\n${SECRET}`),
    '/range.toml': text(built('scenarios/flash-sale.toml').replace('duration = "40min"', `duration = "40min"\nsecret = "${SECRET}"`)),
    '/named.toml': text('night-leak'),
    '/empty.toml': text(''),
    '/binary.toml': text(Buffer.alloc(1_000, 0xff)),
    '/.hidden.toml': text(SECRET),
    '/away.toml': (request, response) => response.writeHead(302, { Location: `${elsewhere.origin}/own.toml` }).end(),
    '/here.toml': (request, response) => response.writeHead(302, { Location: '/account.html' }).end(),
    '/denied.toml': (request, response) => response.writeHead(403).end(SECRET),
    '/endless.toml': (request, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && sent < 256 << 20) {
          sent += 1 << 16;
          if (!response.write('#'.repeat(1 << 16))) return response.once('drain', more);
        }
      };
      more();
    },
  });
  const encoded = encodeURIComponent;
  const refused = [
    // Missing, and no scenario.
    'missing.toml', 'some/where.toml', 'secret.toml', 'broken.toml', 'range.toml', 'named.toml', 'empty.toml', 'binary.toml',
    'denied.toml', 'away.toml', 'here.toml', 'endless.toml',
    // Not allowed.
    ...['account.html', 'own', '', '.', '/secret.toml', './secret.toml', '../secret.toml', 'a/../secret.toml', '.hidden.toml', 'a/.git/x.toml',
      `${elsewhere.origin}/own.toml`, `//${elsewhere.origin.slice(7)}/own.toml`, `\\\\${elsewhere.origin.slice(7)}/own.toml`, 'a\\b.toml', 'a//b.toml',
      'secret.toml?x=.toml', 'account.html?.toml', 'account.html#.toml', 'account.html%3F.toml', '%2e%2e/secret.toml', 'a%2Fb.toml', 'secret.toml\n', 'secret.toml\0',
      'secret.TOML', 'data:text/plain,x.toml', 'blob:x.toml', 'javascript:x.toml', 'file:///etc/x.toml', 'http:secret.toml', 'scenarios/flash-sale.compiled', 'ⅹ.toml',
    ].map(encoded),
  ];
  let first;
  for (const scenario of refused) {
    await held(page, frame, `view=timeline,tiers&controls&scenario=${scenario}`);
    await heard(page, 'height');
    await page.waitForTimeout(50);
    const all = await page.evaluate(() => window.heard);
    first ??= all;
    expect(all, scenario).toEqual(first);
    await expect(page.frameLocator('iframe').getByRole('alert')).toHaveText(UNREADABLE);
  }
  // Nor does it tell more when it is asked.
  await say(page, "[{ accelerando: 'v1', type: 'run' }, { accelerando: 'v1', type: 'seek', atMs: 1 }, { accelerando: 'v1', type: 'setParameters', parameters: {} }]");
  expect((await heard(page, 'error')).message).toBe(UNREADABLE);
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => window.heard.length)).toBe(1);
  expect(first.map(({ type }) => type)).toEqual(['error', 'height']);
  expect(first[0].message).toBe(UNREADABLE);
  expect(elsewhere.asked).toEqual([]);
  expect(frame.asked.map(({ path }) => path).filter((path) => /account|hidden|git/.test(path))).toEqual([]);
  // Reading stops soon after the limit: what is on its way is more than that.
  expect(sent).toBeLessThan(128 << 20);
  await held(page, frame, 'view=timeline&scenario=flash-sail');
  expect((await heard(page, 'error')).message).toBe(UNREADABLE);
});

test('a file is asked for without the visitor’s cookies; what parameters are refused with quotes nothing of it', async ({ page }) => {
  const named = built('scenarios/flash-sale.toml').replace(/^\[thresholds\]$/m, '[thresholds]\nsecret_word = { value = 1, from = 0, to = 2, text = "a secret" }');
  const frame = await host({
    '/own.toml': built('scenarios/flash-sale.toml'),
    '/named.toml': named,
    '/login.html': (request, response) => response.writeHead(200, { 'Set-Cookie': 'session=mine; Path=/', 'Content-Type': 'text/html' }).end('in'),
  });
  await page.goto(`${frame.origin}/login.html`);
  await held(page, frame, 'view=timeline&scenario=own.toml');
  await heard(page, 'run');
  const asked = (path) => frame.asked.filter((one) => one.path === path);
  expect(asked('/index.html').at(-1).cookie).toBe('session=mine');
  expect(asked('/own.toml')).toEqual([{ path: '/own.toml', cookie: undefined }]);
  for (const parameters of ["{ traffik: 1 }", "{ traffic: 'much' }", '{ traffic: 99 }']) {
    await say(page, `[{ accelerando: 'v1', type: 'setParameters', parameters: ${parameters} }]`);
    expect((await heard(page, 'error')).message).toMatch(/^the parameters were refused \(\w+\); the view says which$/);
    await expect(page.frameLocator('iframe').locator('.told')).toContainText('traffi');
  }
  // At its first run, too.
  await held(page, frame, 'view=timeline&scenario=own.toml&traffik=1');
  expect((await heard(page, 'error')).message).toBe('the parameters were refused (unknown_parameter); the view says which');
  await expect(page.frameLocator('iframe').locator('.told')).toContainText('did you mean `traffic`?');
});

test('messages are checked by their shape before they are used', async ({ page }) => {
  const frame = await host();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await held(page, frame, 'view=timeline&controls=traffic&at=1:00');
  await heard(page, 'run');
  const v1 = "accelerando: 'v1'";
  for (const wrong of [
    'type: { toString: 1 }', "type: ['run']", 'type: null', 'type: 1n', 'type: new String("run")', "type: 'toString'", "type: '__proto__'", "type: 'x'.repeat(1e6)", '',
    ...['3', 'null', '[1]', 'new Map([["traffic", 1]])', 'new Date()', '{ traffic: { valueOf: 1 } }', '{ traffic: [1] }', '{ traffic: null }', '{ traffic: 1n }',
      "{ traffic: 'x'.repeat(201) }", "{ ['x'.repeat(201)]: 1 }", 'Object.fromEntries(Array.from({ length: 501 }, (_, index) => [index, 1]))',
      '(() => { const round = {}; round.traffic = round; return round; })()'].map((parameters) => `type: 'setParameters', parameters: ${parameters}`),
    "type: 'seek', atMs: '1'", "type: 'seek', atMs: NaN", "type: 'seek', atMs: Infinity", "type: 'seek', atMs: { valueOf: 1 }",
    "type: 'setTheme', theme: ['dark']", "type: 'setTheme', theme: { toString: 1 }",
    "type: 'ping', id: {}", "type: 'ping', id: 'x'.repeat(201)", "type: 'ping', id: new ArrayBuffer(8)",
  ]) {
    await say(page, `[{ ${v1}, ${wrong} }]`);
    const { message } = await heard(page, 'error');
    expect(message.length, wrong).toBeGreaterThan(20);
    expect(message.length, wrong).toBeLessThan(200);
  }
  // What is no message of ours is passed over.
  await say(page, `[null, 1, 'run', [], [{ ${v1} }], new Map([['accelerando', 'v1']]), { accelerando: { toString: 1 }, type: 'run' }, { type: 'run' }, { ${v1}, type: 'ping', id: 'last' }]`);
  expect(await heard(page, 'pong')).toEqual({ accelerando: 'v1', type: 'pong', id: 'last' });
  expect(await page.evaluate(() => window.heard.length)).toBe(1);
  await say(page, `[{ ${v1}, type: 'setParameters', parameters: Object.fromEntries([...Array.from({ length: 499 }, (_, index) => ['p' + index, 1]), ['x'.repeat(200), 'y'.repeat(200)]]) }]`);
  expect((await heard(page, 'error')).message).toContain('unknown parameter');
  await say(page, `[{ ${v1}, type: 'seek', atMs: 1e300 }, { ${v1}, type: 'seek', atMs: 305_000 }]`);
  await expect(page.frameLocator('iframe').locator('.clock')).toHaveText('5:05');
  expect(complaints).toEqual([]);
});

test('a run that is asked for two thousand times comes a few times', async ({ page }) => {
  const frame = await host();
  await held(page, frame, 'view=timeline');
  await heard(page, 'run');
  await say(page, "[...Array.from({ length: 2_000 }, () => ({ accelerando: 'v1', type: 'run' })), { accelerando: 'v1', type: 'ping', id: 1 }]");
  await heard(page, 'pong');
  expect((await heard(page, 'run')).run.runs.length).toBeGreaterThan(10);
  await page.waitForTimeout(500);
  expect((await said(page, 'run')).length).toBeLessThan(100);
  // Asked again later, it comes again.
  await say(page, "[{ accelerando: 'v1', type: 'run' }]");
  await heard(page, 'run');
});

test('an origin that is none is told in the view, and nothing is heard or sent', async ({ page }) => {
  const frame = await host();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  for (const origin of ['foo', '', '*', 'null', '/', 'https://your.site/', 'https://your.site/path', 'HTTPS://YOUR.SITE', 'your.site', 'https://a.example&origin=https://b.example', 'data:,x']) {
    await held(page, frame, `view=timeline&controls=traffic&at=1:00&origin=${origin}`);
    const inner = page.frameLocator('iframe');
    await expect(inner.getByRole('alert'), origin).toContainText('origin= in the address is no origin', { timeout: 15_000 });
    await expect(inner.locator('.clock'), origin).toHaveText('1:00', { timeout: 15_000 });
    await say(page, "[{ accelerando: 'v1', type: 'seek', atMs: 305_000 }, { accelerando: 'v1', type: 'ping', id: 1 }]");
    await page.waitForTimeout(100);
    await expect(inner.locator('.clock')).toHaveText('1:00');
    expect(await page.evaluate(() => window.heard), origin).toEqual([]);
  }
  expect(complaints).toEqual([]);
});

/** A page of an author's own that holds elements. */
async function authored(page, body, more = {}) {
  const one = await host({
    '/login.html': (request, response) => response.writeHead(200, { 'Set-Cookie': 'session=mine; Path=/', 'Content-Type': 'text/html' }).end('in'),
    '/page.html': (request, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<!doctype html><title>Author</title><script type="module" src="/embed/accelerando-view.js"></script>${body}`),
    ...more,
  });
  await page.goto(`${one.origin}/login.html`);
  await page.goto(`${one.origin}/page.html`);
  return one;
}
const live = (page, id) => expect.poll(() => page.evaluate((id) => document.getElementById(id).run !== null, id), { timeout: 15_000 }).toBe(true);

test('the element sends no credentials unless its author asks for them, and follows no redirect', async ({ page }) => {
  const sale = built('scenarios/flash-sale.toml');
  const one = await authored(
    page,
    `<accelerando-view id="plain" scenario="plain.toml"></accelerando-view>
     <accelerando-view id="with" scenario="with.toml" credentials="include"></accelerando-view>
     <accelerando-view id="same" scenario="same.toml" credentials="same-origin"></accelerando-view>
     <accelerando-view id="wrong" scenario="wrong.toml" credentials="yes"></accelerando-view>
     <accelerando-view id="away" scenario="away.toml"></accelerando-view>
     <accelerando-view id="large" scenario="large.toml"></accelerando-view>
     <accelerando-view id="largest" scenario="largest.toml"></accelerando-view>
     <accelerando-view id="named" scenario="named.toml"></accelerando-view>`,
    {
      '/plain.toml': sale, '/with.toml': sale, '/same.toml': sale, '/wrong.toml': sale, '/other.toml': sale, '/named.toml': 'night-leak',
      '/large.toml': `${sale}#${'x'.repeat((1 << 20) - Buffer.byteLength(sale))}`,
      '/largest.toml': `${sale}#${'x'.repeat((1 << 20) - Buffer.byteLength(sale) - 1)}`,
      '/away.toml': (request, response) => response.writeHead(302, { Location: '/other.toml' }).end(),
    },
  );
  const says = async (id, text) => {
    await page.locator(`#${id}`).scrollIntoViewIfNeeded();
    await expect(page.locator(`#${id} .told`), id).toContainText(text, { timeout: 15_000 });
  };
  for (const id of ['plain', 'with', 'same', 'largest']) {
    await page.locator(`#${id}`).scrollIntoViewIfNeeded();
    await live(page, id);
  }
  await says('wrong', 'credentials must be one of omit, same-origin, include');
  await says('away', 'the scenario away.toml could not be loaded: its address leads on to another one');
  await says('large', 'it is larger than 1048576 bytes, the limit for a scenario');
  await says('named', 'line 1');
  const cookies = Object.fromEntries(one.asked.filter(({ path }) => path.endsWith('.toml')).map(({ path, cookie }) => [path, cookie]));
  expect(cookies).toMatchObject({ '/with.toml': 'session=mine', '/same.toml': 'session=mine' });
  for (const path of ['/plain.toml', '/away.toml', '/large.toml']) expect(cookies[path], path).toBe(undefined);
  expect(Object.keys(cookies)).not.toContain('/other.toml');
  expect(Object.keys(cookies)).not.toContain('/wrong.toml');
});

test('attributes of the element are parameters by their whole name, and those of HTML are not', async ({ page }) => {
  await authored(
    page,
    `<accelerando-view id="view" database_query_trace.cooldown="12min" data-x="1" aria-description="A sale" onready="1" onclick="1" controls="traffic traffic"></accelerando-view>
     <accelerando-view id="early" controls></accelerando-view>
     <p id="paragraph">Something else</p>
     <accelerando-word for="paragraph" highlight="x">a word</accelerando-word> <accelerando-number for="paragraph" parameter="constructor">1</accelerando-number>`,
  );
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  // `onready` is no event of HTML's: a name like any other.
  await expect(page.locator('#view .told')).toContainText('unknown parameter `onready`', { timeout: 15_000 });
  await page.evaluate(() => document.getElementById('view').removeAttribute('onready'));
  await live(page, 'view');
  expect(await page.evaluate(() => document.getElementById('view').run.parameters['database_query_trace.cooldown'])).toBe(720_000);
  await expect(page.locator('#view .lever')).toHaveCount(1);
  await page.locator('accelerando-word').hover();
  await page.locator('accelerando-number').hover();
  expect(complaints).toEqual([]);
});

test('parameters that are set before the script has come are those of the view', async ({ page }) => {
  const one = await host({ '/late.html': (request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Late</title><body>') });
  await page.goto(`${one.origin}/late.html`);
  await page.evaluate(async () => {
    const view = document.createElement('accelerando-view');
    view.id = 'view';
    view.parameters = { traffic: 0.2 };
    document.body.append(view);
    await import('/embed/accelerando-view.js');
  });
  await live(page, 'view');
  await expect(page.locator('#view .summary')).toContainText('26 checks');
});

test('the live preview of what is shared gets its parameters as values', async ({ page }) => {
  const { origin } = await host();
  await page.goto(origin + '/index.html');
  await page.locator('input[data-parameter="traffic"]').fill('0.2', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share what you see' });
  await dialog.locator('accelerando-view').scrollIntoViewIfNeeded();
  await expect(dialog.locator('accelerando-view .summary')).toContainText('26 checks', { timeout: 15_000 });
  const names = await dialog.locator('accelerando-view').evaluate((view) => view.getAttributeNames());
  expect(names.filter((name) => !ATTRIBUTES.includes(name))).toEqual([]);
});
