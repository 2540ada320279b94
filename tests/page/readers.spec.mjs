// What those are told who do not see the page.
import AxeBuilder from '@axe-core/playwright';
import { expect as patient, test } from '@playwright/test';

import { clickAt, ENDPOINTS, lane, lever, opened, run, summary, voice } from './opened.mjs';

const MINUTE = 60_000;
/** So far apart are two announcements at least, in milliseconds. */
const QUIET = 5_000;

// What is asked here is whether something happens, not how fast.
test.describe.configure({ timeout: 120_000 });
test.use({ actionTimeout: 30_000 });
const expect = patient.configure({ timeout: 30_000 });

const clockOf = (ms) => `${Math.floor(ms / MINUTE)}:${String(Math.floor(ms / 1_000) % 60).padStart(2, '0')}`;

// --- the tree ---

/** The accessibility tree: each node with its role, its name and its children; what is ignored is left out. */
async function tree(page) {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send('Accessibility.getFullAXTree');
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const read = (id) => {
    const node = byId.get(id);
    const children = (node?.childIds ?? []).flatMap(read);
    if (!node || node.ignored) return children;
    return [{ role: node.role?.value, name: node.name?.value ?? '', children }];
  };
  return read(nodes[0].nodeId);
}

/** All nodes below that are of a role, but not those within them. */
const within = (nodes, role) =>
  nodes.flatMap((node) => (node.role === role ? [node] : within(node.children, role)));

/** The words of a node: its own, or those below it. */
const words = (node) =>
  node.role === 'StaticText' ? node.name : node.children.filter((child) => child.role !== 'InlineTextBox').map(words).join('');

/** Tiers, lanes and decisions as they stand in the tree. */
async function timeline(page) {
  const [lanes] = within(await tree(page), 'application');
  return within(lanes.children, 'group').map((tier) => [
    tier.name,
    within(tier.children, 'group').map((lane) => [lane.name, within(lane.children, 'listitem').map(words)]),
  ]);
}

/** The tiers as they stand on the page, from the top. */
const TIERS = {
  Alert: ['on-call page', 'customer support', 'operations'],
  Recovery: ['scale workers', 'cache warm-up'],
  Investigation: ['database trace', 'page analyzer'],
  Health: ['inventory sync', 'order processor', 'traffic monitor'],
};

/** The same from what the command line prints. */
const printed = Object.entries(TIERS).map(([tier, names]) => [
  tier,
  names.map((name) => {
    const own = run.runs.filter((one) => one.endpoint === ENDPOINTS[name]);
    return [`${name}, runs: ${own.length}`, own.map((one) => `${clockOf(one.start_ms)}: ${one.reason}`)];
  }),
]);

test('a screen reader finds tiers, their lanes and every decision with its time and why', async ({ page }) => {
  const complaints = await opened(page);
  await expect.poll(() => timeline(page)).toEqual(printed);

  // The list follows the run.
  await lever(page, 'traffic').fill('2');
  await expect(summary(page)).toContainText('woke an engineer at 6:40');
  const paged = async () => {
    const lanes = (await timeline(page)).flatMap(([, lanes]) => lanes);
    return lanes.find(([lane]) => lane.startsWith('on-call page'));
  };
  await expect.poll(paged).toEqual(['on-call page, runs: 1', [expect.stringMatching(/^6:40: ./)]]);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((violation) => violation.id)).toEqual([]);
  expect(complaints).toEqual([]);
});

// --- announcements ---

/** Writes down what live regions come to say from now on, with the page's own time. */
const listen = (page) =>
  page.evaluate(() => {
    const LIVE = '[role="status"], [role="alert"], [role="log"], output, [aria-live]';
    const said = new Map();
    window.heard = [];
    const note = (region) => {
      if (region.closest('[aria-live="off"]') || said.get(region) === region.textContent) return;
      said.set(region, region.textContent);
      if (region.textContent.trim()) window.heard.push({ at: performance.now(), words: region.textContent });
    };
    document.querySelectorAll(LIVE).forEach((region) => said.set(region, region.textContent));
    const look = (changes) => {
      for (const { target, addedNodes } of changes) {
        const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
        const around = element?.closest(LIVE);
        if (around) note(around);
        for (const node of addedNodes) {
          if (node.nodeType !== Node.ELEMENT_NODE) continue;
          if (node.matches(LIVE)) note(node);
          node.querySelectorAll(LIVE).forEach(note);
        }
      }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  });

const heard = (page) => page.evaluate(() => window.heard);

/** Waits, by the page's own clock. */
const wait = (page, ms) => page.evaluate((ms) => new Promise((done) => setTimeout(done, ms)), ms);

function areFarApart(all) {
  const gaps = all.slice(1).map(({ at }, index) => at - all[index].at);
  for (const gap of gaps) expect(gap, JSON.stringify(all)).toBeGreaterThanOrEqual(QUIET - 1);
}

/** Moves a slider in 60 steps. */
async function drag(page, name, from, to) {
  await page.evaluate(
    async ([name, from, to]) => {
      const input = document.querySelector(`[data-parameter="${name}"]`);
      for (let step = 0; step <= 60; step += 1) {
        await new Promise(requestAnimationFrame);
        input.value = String(from + ((to - from) * step) / 60);
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }
      input.dispatchEvent(new Event('change', { bubbles: true }));
    },
    [name, from, to],
  );
}

test('what is said of the run is said once after a drag, and not along it', async ({ page }) => {
  const complaints = await opened(page);
  // With an explanation and a search that follow the run, and a question that is answered.
  await page.getByRole('button', { name: 'Story', exact: true }).click();
  await page.getByRole('button', { name: /^Chapter 6/ }).click();
  await clickAt(page, 'on-call page', 15 * MINUTE);
  await page.getByRole('tab', { name: 'Levers' }).click();
  await page.getByRole('tab', { name: 'Why' }).click();
  await listen(page);
  await drag(page, 'traffic', 1, 2);
  await expect(summary(page)).toContainText('woke an engineer at 6:40');
  await expect.poll(() => heard(page)).toHaveLength(1);
  const [{ words }] = await heard(page);
  expect(words).toContain('woke an engineer at 6:40');
  expect(words).toContain('Done: ');
  await drag(page, 'traffic', 2, 1);
  await expect.poll(() => heard(page)).toHaveLength(2);
  areFarApart(await heard(page));
  expect((await heard(page))[1].words).toContain('woke nobody');
  expect(complaints).toEqual([]);
});

test('playback says nothing by itself', async ({ page }) => {
  const complaints = await opened(page);
  await listen(page);
  await page.getByRole('slider', { name: 'Cursor' }).press('Home');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.locator('.clock')).toHaveText(/^[5-9]:/);
  await drag(page, 'traffic', 1, 2);
  await wait(page, QUIET);
  areFarApart(await heard(page));
  expect((await heard(page)).length).toBeLessThanOrEqual(1);
  await page.getByRole('button', { name: 'Pause' }).click();
  expect(complaints).toEqual([]);
});

test('an explanation is said at once, and the search for changes when it is over', async ({ page }) => {
  const complaints = await opened(page);
  await listen(page);
  await clickAt(page, 'on-call page', 15 * MINUTE);
  const why = page.getByRole('tabpanel', { name: 'Why' });
  await expect(why.locator('.flip-status')).toContainText(/all \d+ numbers tried/, { timeout: 60_000 });
  const first = await heard(page);
  expect(first).toHaveLength(1);
  expect(first[0].words).toContain('on-call page did not run at');
  await expect.poll(() => heard(page)).toHaveLength(2);
  const all = await heard(page);
  expect(all[1].words).toMatch(/all \d+ numbers tried/);
  areFarApart(all);
  // Walking is answered at every step.
  await lane(page, 'customer support').locator('.plot').scrollIntoViewIfNeeded();
  await clickAt(page, 'customer support', 20 * MINUTE + 5_000);
  await expect(voice(page)).toContainText('customer support ran at 20:05');
  expect(complaints).toEqual([]);
});

// --- tables ---

/** Every picture that is not a part of something with words of its own. */
const pictures = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('svg, canvas, img')]
      .filter((picture) => picture.getClientRects().length && !picture.parentElement.closest('svg'))
      .map((picture) => {
        const named = picture.getAttribute('aria-hidden') ? picture.parentElement.closest('[aria-label], button, label, li, .lever') : picture;
        const input = named?.matches('.lever') ? named.querySelector('label') : null;
        return {
          what: `${picture.getAttribute('class') ?? ''} in ${picture.parentElement.className}`,
          name: (input?.textContent ?? named?.getAttribute('aria-label') ?? named?.textContent ?? '').trim(),
        };
      }),
  );

/** What a picture's name says of the table that holds it. */
const named = (name) => /table “([^”]+)”/.exec(name)?.[1];

test('behind every picture there are a name and a table', async ({ page }) => {
  const complaints = await opened(page);
  for (const { what, name } of await pictures(page)) expect(name, what).not.toBe('');

  const figure = page.getByRole('region', { name: 'Timeline' });
  const images = await figure.getByRole('img').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  const others = [page.getByRole('application'), page.getByRole('region', { name: 'The four tiers at the cursor' })];
  const labels = [
    ...images,
    ...(await Promise.all(others.map((one) => one.getAttribute('aria-label')))),
    await page.getByRole('slider', { name: 'Cursor' }).getAttribute('aria-description'),
  ];
  expect(images).toHaveLength(8);
  const wanted = labels.map((label) => [label, named(label)]);
  for (const [label, table] of wanted) expect(table, label).toBeTruthy();

  await figure.getByRole('button', { name: 'Tables' }).click();
  const claims = page.getByRole('tabpanel', { name: /Claims/ });
  const all = claims.locator('summary', { hasText: 'All runs' });
  await expect(all).toBeFocused();
  await expect(all).toBeInViewport();
  for (const title of new Set(wanted.map(([, table]) => table))) {
    // That one was asked for, and is open.
    if (title !== 'All runs') await claims.locator('summary', { hasText: title }).click();
    const rows = claims.getByRole('table', { name: title, exact: true }).locator('tbody tr');
    expect(await rows.count(), title).toBeGreaterThan(5);
  }
  await expect(claims.getByRole('table', { name: 'All runs' }).locator('tbody tr')).toHaveCount(run.totals.runs);
  expect(complaints).toEqual([]);
});

test('the chart of points has its table', async ({ page }) => {
  const complaints = await opened(page);
  await page.getByRole('tab', { name: 'Compare' }).click();
  const compare = page.getByRole('tabpanel', { name: 'Compare' });
  const chart = compare.getByRole('img', { name: /^Checks a day against time blind/ });
  const title = named(await chart.getAttribute('aria-label'));
  await compare.locator('summary', { hasText: title }).click();
  const rows = compare.getByRole('table', { name: title }).locator('tbody tr');
  await expect(rows).toHaveCount(await chart.locator('circle').count());
  const own = run.comparison[0];
  const checks = Math.round(own.checks_a_day).toLocaleString('en');
  await expect(rows.filter({ hasText: 'this run' })).toContainText(checks);
  expect(complaints).toEqual([]);
});

test('the tracks of the sliders have their table', async ({ page }) => {
  const complaints = await opened(page);
  const levers = page.getByRole('tabpanel', { name: 'Levers' });
  const title = 'The sliders’ colours as a table';
  await levers.locator('summary', { hasText: title }).click();
  const rows = levers.getByRole('table', { name: title }).locator('tbody tr');
  // Traffic from quiet to an engineer's bed; what is told is what the track's heights show.
  const traffic = rows.filter({ has: page.getByRole('rowheader', { name: 'Traffic', exact: true }) });
  await expect(traffic.first()).toContainText('quiet');
  await expect(traffic.last()).toContainText('on-call page');
  const read = () => traffic.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  const number = (text) => Number(text.replace(/[^\d.]/g, ''));
  // A narrow stretch shows, too: at 1.1 recovery comes earlier, and support is spared.
  const at = (cells, value) => cells.find(([, from, to]) => number(from) <= value && value < number(to))?.[3];
  await expect.poll(async () => at(await read(), 1.095), { timeout: 60_000 }).toBe('operations');
  const cells = await read();
  expect([at(cells, 1), at(cells, 1.3)]).toEqual(['customer support', 'on-call page']);
  // Each stretch begins where the one before ends.
  cells.slice(1).forEach((cell, index) => expect(cell[1]).toBe(cells[index][2]));
  const drawn = await levers.locator('.lever', { has: lever(page, 'traffic') }).locator('path.severity-0').getAttribute('d');
  expect(drawn).not.toBe('');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((violation) => violation.id)).toEqual([]);
  expect(complaints).toEqual([]);
});
