// Views in other people's pages: the element and the frame, under a policy that forbids inline scripts and styles.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

import { run } from './opened.mjs';

/** What a careful documentation site sends. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; object-src 'none'; base-uri 'none'";
/** How much memory may still be held after a hundred views have come and gone, in bytes. */
const LEFT = 2_000_000;

/** A page of somebody's own; whatever breaks its policy or fails is a complaint. */
async function host(page, body, { policy = POLICY, path = 'host.html' } = {}) {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.route(`**/${path}`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'Content-Security-Policy': policy },
      body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Somebody's own page</title><link rel="icon" href="/light.png"><meta name="color-scheme" content="light dark">
        <script type="module" src="/embed/accelerando-view.js"></script><main><h1>Guide</h1>${body}</main></html>`,
    }),
  );
  await page.goto(path);
  return complaints;
}

const live = (page, id) =>
  expect.poll(() => page.evaluate((id) => document.getElementById(id).run !== null, id), { timeout: 15_000 }).toBe(true);
const sentence = (page, id = 'view') => page.locator(`#${id} .summary`);
const SPACE = '<p>before</p>'.repeat(80);

test('costs a script and shows a picture until it is seen, then runs', async ({ page }) => {
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const complaints = await host(page, `${SPACE}<accelerando-view id="view"></accelerando-view>`);
  await expect(sentence(page)).toContainText('113 checks');
  expect(await page.locator('#view .lane').count()).toBe(10);
  await page.waitForTimeout(300);
  // Nor does what a page's own script may do to it.
  await page.evaluate(() => {
    const view = document.getElementById('view');
    view.className = 'wide';
    view.setAttribute('theme', 'dark');
    view.setAttribute('view', 'timeline');
  });
  await page.waitForTimeout(300);
  expect(asked.filter((path) => path.startsWith('/embed/'))).toEqual(['/embed/accelerando-view.js']);
  await page.locator('#view').scrollIntoViewIfNeeded();
  await live(page, 'view');
  expect(asked).toContain('/embed/accelerando_bg.wasm');
  expect(complaints).toEqual([]);
});

test('shows the run of the command line, and what its attributes, properties and sliders change', async ({ page }) => {
  const complaints = await host(
    page,
    '<accelerando-view id="view" controls="traffic scale_checkout_workers.delay" view="metrics timeline cadence tiers claims"></accelerando-view>',
  );
  await live(page, 'view');
  expect(await page.evaluate(() => document.getElementById('view').run)).toEqual(run);

  const heard = page.evaluate(
    () => new Promise((done) => document.getElementById('view').addEventListener('change', ({ detail }) => done(detail), { once: true })),
  );
  const traffic = page.locator('#view .lever', { hasText: 'traffic' });
  await traffic.locator('input').press('ArrowRight');
  await expect(traffic.locator('output')).not.toHaveText('1');
  expect((await heard).parameters.traffic).toBeGreaterThan(1);

  await page.evaluate(() => (document.getElementById('view').parameters = { traffic: 0.2 }));
  await expect(sentence(page)).toContainText('26 checks');
  await page.evaluate(() => {
    const view = document.getElementById('view');
    view.parameters = {};
    view.setAttribute('traffic', '2');
  });
  await expect.poll(() => page.evaluate(() => document.getElementById('view').run.parameters.traffic)).toBe(2);
  await page.evaluate(() => document.getElementById('view').setAttribute('traffic', 'much'));
  await expect(page.locator('#view .told')).toContainText('`much`');
  await page.evaluate(() => document.getElementById('view').removeAttribute('traffic'));
  await page.evaluate(() => document.getElementById('view').setAttribute('view', 'tears timeline'));
  await expect(page.locator('#view .told')).toHaveText('There is no view tears; there are timeline, cadence, tiers, metrics, claims.');
  await page.evaluate(() => document.getElementById('view').setAttribute('view', 'timeline'));
  await expect(page.locator('#view .told')).toHaveText('');
  await expect(sentence(page)).toContainText('113 checks');
  expect(complaints).toEqual([]);
});

test('plays, is scrubbed, and says why, by mouse and by keyboard', async ({ page }) => {
  await host(page, '<accelerando-view id="view" controls view="timeline tiers" at="5:05"></accelerando-view>');
  await live(page, 'view');
  const clock = page.locator('#view .clock');
  await expect(clock).toHaveText('5:05');
  await expect(page.locator('#view .node', { hasText: 'operations' })).toContainText('just now');
  await page.getByRole('button', { name: 'Play' }).click();
  await expect(clock).not.toHaveText('5:05');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('slider', { name: 'Cursor' }).press('Home');
  await expect(clock).toHaveText('0:00');

  const woken = page.locator('#view .lane', { hasText: 'on-call page' });
  const plot = await woken.locator('.plot').boundingBox();
  await woken.click({ position: { x: plot.x - (await woken.boundingBox()).x + plot.width / 2, y: 8 } });
  await expect(clock).toHaveText(/^(19:5|20:0)/);
  await expect(page.locator('#view .told')).toContainText('on-call page');
  await page.getByRole('button', { name: /^traffic monitor: 50 runs/ }).press('Enter');
  await expect(page.locator('#view .told')).toContainText('traffic monitor');
});

test('has words that light up what they speak of, and numbers that are sliders', async ({ page }) => {
  await host(
    page,
    `<p>With <accelerando-number for="view" parameter="traffic">1</accelerando-number> times the crowd,
     <accelerando-word for="view" highlight="slack_operations" at="5:05">operations</accelerando-word> are told.</p>
     <accelerando-view id="view"></accelerando-view>`,
  );
  await live(page, 'view');
  const lit = page.locator('#view .lane.lit');
  await expect(lit).toHaveCount(0);
  await page.getByRole('button', { name: 'operations' }).first().focus();
  await expect(lit).toHaveCount(1);
  await expect(lit).toContainText('operations');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.getElementById('view').currentTime)).toBe(305_000);

  const number = page.getByRole('slider', { name: /traffic/ });
  await number.focus();
  await expect(lit).toHaveCount(0);
  await expect(number).toHaveText('1');
  await number.press('Home');
  await expect(sentence(page)).toContainText('26 checks');
  const box = await number.boundingBox();
  await page.mouse.move(box.x + 5, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + 205, box.y + 8, { steps: 5 });
  await page.mouse.up();
  await expect(sentence(page)).not.toContainText('26 checks');
});

test('leaves the page that it stands in alone', async ({ page }) => {
  await host(page, '<input aria-label="Search"><accelerando-view id="view" controls></accelerando-view>');
  await live(page, 'view');
  const state = () =>
    page.evaluate(() => ({
      address: location.href,
      history: history.length,
      globals: Object.keys(window).length,
      body: document.body.querySelectorAll(':scope > *').length,
      classes: document.documentElement.className + document.body.className,
      styles: document.adoptedStyleSheets.length,
      stored: localStorage.length,
    }));
  const before = await state();
  await page.evaluate(() => (document.getElementById('view').parameters = { traffic: 1.5 }));
  await page.getByRole('textbox', { name: 'Search' }).focus();
  const clock = await page.locator('#view .clock').textContent();
  for (const key of [' ', 'ArrowRight', 'k', '?']) await page.keyboard.press(key);
  await page.waitForTimeout(300);
  expect(await state()).toEqual(before);
  expect(await page.locator('#view .clock').textContent()).toBe(clock);
});

test('is gone when it is removed: a hundred come and go', async ({ page }) => {
  await host(page, '<accelerando-view id="view" controls view="timeline tiers"></accelerando-view><div id="room"></div>');
  await live(page, 'view');
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  await client.send('HeapProfiler.enable');
  const counted = async () => {
    await client.send('HeapProfiler.collectGarbage');
    await page.waitForTimeout(200);
    await client.send('HeapProfiler.collectGarbage');
    const { metrics } = await client.send('Performance.getMetrics');
    const of = (name) => metrics.find((metric) => metric.name === name).value;
    return { listeners: of('JSEventListeners'), nodes: of('Nodes'), bytes: of('JSHeapUsedSize') };
  };
  const come = (count) =>
    page.evaluate(async (count) => {
      const room = document.getElementById('room');
      for (let number = 0; number < count; number += 1) {
        const view = document.createElement('accelerando-view');
        view.setAttribute('controls', '');
        view.setAttribute('traffic', String(0.5 + (number % 10) / 10));
        const ready = new Promise((done) => view.addEventListener('ready', done));
        room.replaceChildren(view);
        view.focus();
        await ready;
        view.play();
        view.remove();
      }
    }, count);
  await come(5);
  const before = await counted();
  await come(100);
  const after = await counted();
  console.log(`100 views came and went: ${after.listeners - before.listeners} listeners, ${after.nodes - before.nodes} nodes, ${((after.bytes - before.bytes) / 1024).toFixed(0)} KiB more`);
  expect(after.listeners - before.listeners).toBeLessThanOrEqual(2);
  expect(after.nodes - before.nodes).toBeLessThanOrEqual(20);
  expect(after.bytes - before.bytes).toBeLessThan(LEFT);
  expect(page.workers()).toEqual([]);
});

test('a refused value is told and not kept; the names of lines and the scale of metrics stand in it', async ({ page }) => {
  await host(page, '<accelerando-view id="view" view="metrics cadence" scenario="night-leak"></accelerando-view>');
  await live(page, 'view');
  const said = await sentence(page).textContent();
  expect(said).toMatch(/^In 3\sh of a leak at night/);
  const told = page.evaluate(() => new Promise((done) => {
    const view = document.getElementById('view');
    view.addEventListener('error', ({ detail }) => done(detail.error.message));
    view.parameters = { traffic: 99 };
  }));
  expect(await told).toContain('traffic');
  expect(await page.evaluate(() => document.getElementById('view').parameters)).toEqual({});
  await expect(sentence(page)).toHaveText(said);
  await expect(page.locator('#view .cadence .line-name')).toHaveText(['heartbeat', 'memory gauge']);
  await expect(page.locator('#view .metric .scale').first()).toHaveText('400/min120/min');
});

test('stands still when nobody sees it', async ({ page }) => {
  await host(page, `<accelerando-view id="view" controls speed="1"></accelerando-view>${SPACE}<p id="end">the end</p>`);
  await live(page, 'view');
  await page.getByRole('button', { name: 'Play' }).click();
  expect(await page.evaluate(() => document.getElementById('view').playing)).toBe(true);
  await page.locator('#end').scrollIntoViewIfNeeded();
  await expect.poll(() => page.evaluate(() => document.getElementById('view').playing)).toBe(false);
});

test('keeps picture and sentence where the host forbids wasm or the program is missing', async ({ page }) => {
  const policy = POLICY.replace(" 'wasm-unsafe-eval'", '');
  await host(page, '<accelerando-view id="view"></accelerando-view>', { policy });
  await expect(page.locator('#view .told')).toContainText('could not be loaded');
  await expect(sentence(page)).toContainText('113 checks');
  await expect(page.locator('#view .lane')).toHaveCount(10);
});

test('a scenario of one’s own is loaded from its address; what is wrong with it is said, and what stands within stays', async ({ page }) => {
  await page.route('**/own.toml', async (route) => {
    const shipped = await (await page.request.get('/scenarios/flash-sale.toml')).text();
    await route.fulfill({ body: shipped.replace('duration = "40min"', 'duration = "30min"') });
  });
  await page.route('**/broken.toml', (route) => route.fulfill({ body: 'title = ' }));
  await host(
    page,
    `<accelerando-view id="view" scenario="own.toml"></accelerando-view>
     <accelerando-view id="broken" scenario="broken.toml"><p>A picture of mine</p></accelerando-view>`,
  );
  await live(page, 'view');
  await expect(sentence(page)).toContainText('In 30 min');
  await expect(page.locator('#broken .told')).toContainText(/line 1/);
  await expect(page.getByText('A picture of mine')).toBeVisible();
});

test('follows the scheme of the page, and its own theme over it; axe finds nothing', async ({ page }) => {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    await host(
      page,
      `<p>With <accelerando-number for="view" parameter="traffic">1</accelerando-number> times the crowd,
       <accelerando-word for="view" highlight="slack_operations">operations</accelerando-word> are told.</p>
       <accelerando-view id="view" controls view="metrics timeline cadence tiers claims" at="20:10"></accelerando-view>
       <accelerando-view id="other" theme="dark"></accelerando-view>`,
    );
    await live(page, 'view');
    const ground = (id) => page.evaluate((id) => getComputedStyle(document.getElementById(id)).backgroundColor, id);
    expect(await ground('view')).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(15, 20, 25)');
    expect(await ground('other')).toBe('rgb(15, 20, 25)');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0].html])).toEqual([]);
  }
});

test('nothing scrolls sideways at 320, and a word in a narrow column breaks no line of the view', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 900 });
  await host(page, '<accelerando-view id="view" controls view="metrics timeline cadence tiers claims"></accelerando-view>');
  await live(page, 'view');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});

test('the manifest describes the elements as they are', async ({ page }) => {
  await host(page, '<accelerando-view id="view" controls></accelerando-view>');
  await live(page, 'view');
  const manifest = await (await page.request.get('/embed/custom-elements.json')).json();
  const [view, ...others] = manifest.modules[0].declarations;
  const found = await page.evaluate(() => {
    const element = document.getElementById('view');
    const prototype = Object.getPrototypeOf(element);
    const inherited = /Callback$|^constructor$/;
    return {
      members: Object.getOwnPropertyNames(prototype).filter((name) => !inherited.test(name)).sort(),
      slots: [...element.shadowRoot.querySelectorAll('slot')].map((slot) => slot.name).sort(),
      parts: [...element.shadowRoot.querySelectorAll('[part]')].map((part) => part.part.value),
      observed: prototype.constructor.observedAttributes,
    };
  });
  expect(found.members).toEqual(view.members.map(({ name }) => name).sort());
  expect(found.slots).toEqual(view.slots.map(({ name }) => name).sort());
  expect(found.parts).toEqual(expect.arrayContaining(view.cssParts.map(({ name }) => name)));
  expect(view.attributes.map(({ name }) => name)).toEqual(expect.arrayContaining(found.observed));
  for (const { tagName } of others) expect(await page.evaluate((name) => customElements.get(name) !== undefined, tagName)).toBe(true);

  // Every event comes, with what it says.
  const heard = page.evaluate(
    (names) => {
      const view = document.createElement('accelerando-view');
      view.setAttribute('controls', '');
      const heard = new Set();
      for (const name of names) view.addEventListener(name, () => heard.add(name));
      document.querySelector('main').append(view);
      view.scrollIntoView();
      return new Promise((done) => {
        view.addEventListener('ready', async () => {
          view.set('traffic', 2);
          view.seek(5);
          view.shadowRoot.querySelector('.lane').click();
          await new Promise((next) => setTimeout(next, 500));
          view.parameters = { traffic: 'much' };
          await new Promise((next) => setTimeout(next, 500));
          done([...heard].sort());
        });
      });
    },
    view.events.map(({ name }) => name),
  );
  expect(await heard).toEqual(view.events.map(({ name }) => name).sort());
});

// --- the frame ---

/** A page that holds the frame and keeps what it says. */
async function holder(page, query, sandbox = 'sandbox="allow-scripts"') {
  await page.route('**/own.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: `window.heard = []; addEventListener('message', ({ data, source }) => {
        if (source === document.querySelector('iframe').contentWindow) heard.push(data);
      });`,
    }),
  );
  await page.route('**/holder.html', (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'Content-Security-Policy': POLICY },
      body: `<!doctype html><html lang="en"><title>Holder</title><script src="/own.js"></script>
        <iframe title="A live view" ${sandbox} width="800" height="500" src="/index.html?embed=v1&${query}"></iframe></html>`,
    }),
  );
  await page.goto('holder.html');
}

/** The latest message of a kind, waited for. */
async function heard(page, type) {
  const latest = () => page.evaluate((type) => window.heard.filter((message) => message.type === type).at(-1) ?? null, type);
  await expect.poll(latest, { timeout: 15_000 }).not.toBe(null);
  return latest();
}

const say = (page, message) =>
  page.evaluate((message) => {
    window.heard.length = 0;
    document.querySelector('iframe').contentWindow.postMessage(message, '*');
  }, message);

test('the frame talks with the window that holds it, in a sandbox', async ({ page }) => {
  await holder(page, 'view=timeline,tiers&controls=traffic&traffic=0.9');
  const frame = page.frameLocator('iframe');
  await expect(frame.locator('.summary')).toContainText('In 40 min');
  expect((await heard(page, 'run')).run.parameters.traffic).toBe(0.9);
  expect((await heard(page, 'height')).px).toBeGreaterThan(300);

  await say(page, { accelerando: 'v1', type: 'ping', id: 7 });
  expect(await heard(page, 'pong')).toEqual({ accelerando: 'v1', type: 'pong', id: 7 });
  await say(page, { accelerando: 'v1', type: 'setParameters', parameters: { traffic: 0.2 } });
  expect((await heard(page, 'run')).sentence).toContain('26 checks');
  await say(page, { accelerando: 'v1', type: 'seek', atMs: 305_000 });
  await expect(frame.locator('.clock')).toHaveText('5:05');
  await say(page, { accelerando: 'v1', type: 'setTheme', theme: 'dark' });
  await expect(frame.locator('accelerando-view')).toHaveCSS('background-color', 'rgb(15, 20, 25)');
  await say(page, { accelerando: 'v1', type: 'run' });
  expect((await heard(page, 'run')).run.runs.length).toBeGreaterThan(10);
  for (const wrong of [{ type: 'setTheme', theme: 'pink' }, { type: 'seek' }, { type: 'setParameters', parameters: 3 }, { type: 'toString' }]) {
    await say(page, { accelerando: 'v1', ...wrong });
    expect((await heard(page, 'error')).message).not.toBe('');
  }
});

test('the frame hears nobody else, and from a named origin only that one', async ({ page }) => {
  await holder(page, 'view=timeline&controls=traffic&at=1:00&origin=https://elsewhere.example', '');
  const frame = page.frames().find((frame) => frame.url().includes('embed=v1'));
  await expect(page.frameLocator('iframe').locator('.clock')).toHaveText('1:00', { timeout: 15_000 });
  await say(page, { accelerando: 'v1', type: 'seek', atMs: 305_000 });
  // A message of its own, which does not come from the window that holds it.
  await frame.evaluate(() => window.postMessage({ accelerando: 'v1', type: 'seek', atMs: 305_000 }, '*'));
  await page.waitForTimeout(300);
  await expect(page.frameLocator('iframe').locator('.clock')).toHaveText('1:00');
  // What it says goes to that origin alone, so that this page hears nothing.
  expect(await page.evaluate(() => window.heard)).toEqual([]);
});

test('the package runs in a module worker of a browser, and comes to the same run', async ({ page, baseURL }) => {
  await page.route('**/worker.mjs', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      headers: { 'Content-Security-Policy': POLICY },
      body: `import init, { simulate } from '/embed/accelerando.js';
        addEventListener('message', async ({ data }) => {
          await init();
          postMessage(simulate(data));
        });`,
    }),
  );
  const complaints = await host(page, '<p>One that works in the background.</p>');
  const scenario = await (await page.request.get(new URL('scenarios/flash-sale.toml', baseURL).href)).text();
  const told = await page.evaluate(
    (scenario) =>
      new Promise((resolve, reject) => {
        const worker = new Worker('/worker.mjs', { type: 'module' });
        worker.addEventListener('message', ({ data }) => resolve(data));
        worker.addEventListener('error', ({ message }) => reject(new Error(message)));
        worker.postMessage(scenario);
      }),
    scenario,
  );
  expect(told).toEqual(run);
  expect(complaints).toEqual([]);
});

test('in a worker of a browser, the package refuses what memory or stack does not suffice for, and goes on', async ({ page }) => {
  await page.route('**/worker.mjs', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      headers: { 'Content-Security-Policy': POLICY },
      body: `import init, { parse, Scheduler, simulate } from '/embed/accelerando.js';
        const came = (work) => {
          try {
            work();
            return 'answered';
          } catch (error) {
            return error.code ?? String(error);
          }
        };
        const deeper = () => simulate('flash-sale', { get parameters() { return deeper(); } });
        addEventListener('message', async () => {
          const { memory } = await init();
          const live = new Scheduler([{ id: 'a', everyMs: 1000 }]);
          for (let more = 65536 - (memory.buffer.byteLength >> 16); more > 0; more >>= 1) {
            try {
              memory.grow(more);
            } catch {}
          }
          const all = [came(() => parse('x'.repeat(3 << 20))), came(() => live.nextDue()), simulate('flash-sale').runs.length];
          postMessage([...all, came(deeper), simulate('flash-sale').runs.length]);
        });`,
    }),
  );
  await host(page, '<p>One that works in the background.</p>');
  const told = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker('/worker.mjs', { type: 'module' });
        worker.addEventListener('message', ({ data }) => resolve(data));
        worker.addEventListener('error', ({ message }) => reject(new Error(message)));
        worker.postMessage('');
      }),
  );
  const { length } = run.runs;
  expect(told).toEqual(['module_fault', 'lost', length, expect.stringMatching(/^(out_of_stack|bad_input)$/), length]);
});
