// What people come to the page for, each from its beginning to its end.
import { readFileSync } from 'node:fs';

import AxeBuilder from '@axe-core/playwright';
import { expect as patient, test } from '@playwright/test';

import { clickAt, clock, commandLine, END, ENDPOINTS, lane, lever, marks, opened, placeOf, retyped, run, summary, typed, voice } from './opened.mjs';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** When customer support is told. */
const TOLD = 20 * MINUTE + 5 * SECOND;

// What is asked here is whether something happens, not how fast.
test.describe.configure({ timeout: 120_000 });
test.use({ actionTimeout: 30_000 });
const expect = patient.configure({ timeout: 15_000 });

const panel = (page, name) => page.getByRole('tabpanel', { name });
const button = (page, name) => page.getByRole('button', { name, exact: true });
/** What works on everything. */
const top = (page) => page.getByRole('banner');
const open = (page, name) => page.getByRole('tab', { name }).click();
/** Whom the run is compared with. */
const rival = (page) => panel(page, 'Compare').getByLabel('Compare with', { exact: true });
const changes = (why) => why.getByRole('button', { name: /^Try / });
/** How far the search for changes is. */
const search = (why) => why.locator('.flip-status');
/** Until the search has tried everything. */
const searched = (why) => expect(search(why)).toContainText(/all \d+ numbers tried/, { timeout: 60_000 });

/** How many marks each lane has. */
async function counts(page) {
  const pairs = await page.locator('.lane').evaluateAll((lanes) =>
    lanes.map((lane) => {
      const paths = [...lane.querySelectorAll('path.mark')].map((path) => path.getAttribute('d'));
      return [lane.querySelector('.name').textContent, paths.join('').split('M').length - 1];
    }),
  );
  return Object.fromEntries(pairs);
}

/** The same from the command line's totals. */
const counted = (totals) =>
  Object.fromEntries(Object.entries(ENDPOINTS).map(([name, endpoint]) => [name, totals.by_endpoint[endpoint]]));

const sum = (numbers) => Object.values(numbers).reduce((sum, number) => sum + number, 0);

/** A span as people read it (`4 min 5 s`), in milliseconds. */
function spanned(words) {
  const units = { h: 60 * MINUTE, min: MINUTE, s: SECOND, ms: 1 };
  return [...words.matchAll(/([\d.]+)\s(h|min|s|ms)\b/g)].reduce((ms, [, n, unit]) => ms + Number(n) * units[unit], 0);
}

/** A clock's words (`20:05`), in milliseconds. */
function clocked(words) {
  const [minutes, seconds] = words.split(':').map(Number);
  return (minutes * 60 + seconds) * SECOND;
}

/** Sets a parameter by its number field, as it would be written on the command line. */
async function type(page, name, value) {
  const field = page.locator('.lever', { has: lever(page, name) }).getByRole('textbox');
  await typed(field, value);
}

/** Turns a switch by its words. */
const turn = (page, name) => page.locator('label.switch', { has: lever(page, name) }).click();

/** Unfolds a group of levers, a table or whatever else has a title. */
async function unfold(page, title) {
  const group = page.locator('details', { has: page.getByText(title, { exact: true }) });
  if (!(await group.evaluate((group) => group.open))) await group.locator('summary').first().click();
}

/** Presses Tab until something has the focus. */
async function tabTo(page, locator, key = 'Tab') {
  for (let pressed = 0; pressed < 150; pressed += 1) {
    await page.keyboard.press(key);
    if (await locator.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${key} does not reach ${locator}`);
}

/** The chapters of the story, and the moment that each looks at. */
const CHAPTERS = [
  ['1. Baseline', '4:00'],
  ['2. Surge', '5:05'],
  ['3. Strain', '9:30'],
  ['4. Critical', '20:05'],
  ['5. Recovery', '22:00'],
  ['6. Normal', '26:00'],
];

test('finds out why nobody was woken, and what would have woken somebody', async ({ page }) => {
  const complaints = await opened(page);
  await clickAt(page, 'on-call page', 15 * MINUTE);
  const why = panel(page, 'Why');
  await expect(why).toContainText('on-call page did not run at');
  await expect(why).toContainText('was held back: it needed “recovery was in vain” (not once so far)');
  await expect(why.getByRole('heading', { name: 'It would have been sent between 0:00 and 40:00 with' })).toBeVisible();
  await searched(why);
  await expect(button(page, 'Stop')).toBeHidden();
  expect(await changes(why).count()).toBeGreaterThanOrEqual(3);

  expect(await marks(lane(page, 'on-call page'))).toEqual([]);
  await changes(why).first().click();
  await expect.poll(() => marks(lane(page, 'on-call page')).then((found) => found.length)).toBeGreaterThan(0);
  await expect(summary(page)).toContainText('woke an engineer');
  await expect(why).toContainText('on-call page ran at');
  await button(top(page), 'Undo').click();
  // What was asked about is there again.
  await expect(why).toContainText(/on-call page did not run at (14:5|15:00)/);
  await expect.poll(() => marks(lane(page, 'on-call page'))).toEqual([]);
  await expect(summary(page)).toContainText('woke nobody');
  expect(complaints).toEqual([]);
});

test('finds out what would have spared customer support', async ({ page }) => {
  const complaints = await opened(page);
  await clickAt(page, 'customer support', TOLD);
  const why = panel(page, 'Why');
  await expect(why.getByRole('heading', { name: 'It would not have been sent with' })).toBeVisible();
  await searched(why);
  expect(await changes(why).count()).toBeGreaterThanOrEqual(3);
  await changes(why).first().click();
  await expect.poll(() => marks(lane(page, 'customer support'))).toEqual([]);
  await expect(summary(page)).not.toContainText('customer support');
  await button(top(page), 'Undo').click();
  await expect.poll(() => marks(lane(page, 'customer support')).then((found) => found.length)).toBe(1);
  await expect(summary(page)).toContainText('customer support');
  expect(complaints).toEqual([]);
});

test('is told what would have flipped the run that is shown, not the one before', async ({ page }) => {
  const complaints = await opened(page);
  await unfold(page, 'Thresholds and tight intervals');
  await type(page, 'page.patience', '9min30s');
  await clickAt(page, 'on-call page', 15 * MINUTE);
  const why = panel(page, 'Why');
  await searched(why);
  const patience = why.getByRole('listitem').filter({ hasText: 'How long both recoveries may take' });
  await expect(patience).toContainText('instead of 9 min 30 s');
  // The explanation reads the same without this; the numbers do not.
  await button(top(page), 'Undo').click();
  await expect(patience).toContainText('instead of 10 min');
  expect(complaints).toEqual([]);
});

test('stops a search that takes long', async ({ page }) => {
  const complaints = await opened(page);
  // Slow enough that there is something to stop.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  await clickAt(page, 'on-call page', 15 * MINUTE);
  const why = panel(page, 'Why');
  await expect(search(why)).toContainText(/Trying by simulation: \d+ of \d+ numbers/);
  await why.getByRole('button', { name: 'Stop' }).click();
  await expect(search(why)).toContainText(/Stopped after \d+ of \d+ numbers/);
  await expect(why.getByRole('button', { name: 'Stop' })).toBeHidden();
  const stopped = await why.textContent();
  await page.waitForTimeout(1_000);
  expect(await why.textContent()).toBe(stopped);
  expect(complaints).toEqual([]);
});

/** The numbers of a column of the scoreboard, by the names of its rows. */
async function scored(page, column) {
  const table = panel(page, 'Compare').locator('table.scoreboard').first();
  const index = (await table.locator('thead tr > *').allTextContents()).indexOf(column);
  expect(index, `there is a column ${column}`).toBeGreaterThan(0);
  const rows = await table
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  return Object.fromEntries(rows.map((row) => [row[0], row[index]]));
}

const plain = (words) => Number(words.replaceAll(',', ''));

/** How many ticks of what the run is compared with stand in a lane. */
const ghosts = (page, name) =>
  lane(page, name)
    .locator('path.ghost')
    .evaluate((path) => (path.getAttribute('d') ?? '').split('M').length - 1);

test('compares with cron every 5 minutes', async ({ page }) => {
  const complaints = await opened(page);
  await button(page, 'Compare').click();
  const compare = panel(page, 'Compare');
  await rival(page).selectOption({ label: 'cron every 5 min' });
  for (const [column, policy] of [
    ['this run', 'adaptive'],
    ['cron every 5 min', 'cron-5m'],
  ]) {
    const printed = run.comparison.find((result) => result.policy === policy);
    const shown = await scored(page, column);
    expect(plain(shown['checks in this run']), column).toBe(printed.checks);
    expect(plain(shown['checks a day']), column).toBe(Math.round(printed.checks_a_day));
    expect(spanned(shown['blind, summed over problems']), column).toBe(printed.blind_ms);
    expect(shown.messages, column).toMatch(printed.messages ? new RegExp(`^${printed.messages},`) : /^none$/);
  }

  const ticks = Object.fromEntries(
    await Promise.all(Object.keys(ENDPOINTS).map(async (name) => [name, await ghosts(page, name)])),
  );
  for (const name of Object.keys(ENDPOINTS).slice(0, 5)) expect(ticks[name], name).toBeGreaterThan(0);
  for (const name of Object.keys(ENDPOINTS).slice(5)) expect(ticks[name], name).toBe(0);
  expect(sum(ticks)).toBe(run.comparison.find((result) => result.policy === 'cron-5m').checks);

  const own = run.comparison[0];
  const sentence = compare.getByText(/^At 1,000 checks a day this run is blind for/);
  await expect(sentence).toContainText('a fixed schedule of that price for');
  expect(spanned((await sentence.textContent()).split(';')[0])).toBe(own.blind_ms);
  await expect(compare.getByRole('img', { name: await sentence.textContent() })).toBeVisible();

  await rival(page).selectOption({ label: 'nothing' });
  await expect(compare.locator('table.scoreboard')).toHaveCount(0);
  await expect.poll(() => ghosts(page, 'traffic monitor')).toBe(0);
  expect(complaints).toEqual([]);
});

test('compares with a cron expression of their own, and is told about a bad one', async ({ page }) => {
  const complaints = await opened(page);
  await button(page, 'Compare').click();
  const compare = panel(page, 'Compare');
  const field = compare.getByLabel('Any cron expression');
  await typed(field, '*/7 * * * *');
  // Minutes 0, 7, 14, 21, 28 and 35 in five lanes.
  await expect.poll(() => ghosts(page, 'order processor')).toBe(6);
  expect(plain((await scored(page, 'cron */7 * * * *'))['checks in this run'])).toBe(30);
  await typed(field, 'every day');
  await expect(compare.getByRole('alert')).toContainText('Not a cron expression (example: */7 * * * *): ');
  await expect(field).toHaveValue('every day');
  await expect(compare.locator('table.scoreboard')).toHaveCount(0);
  await typed(field, '*/10 * * * *');
  await expect(compare.getByRole('alert')).toBeHidden();
  expect(plain((await scored(page, 'cron */10 * * * *'))['checks in this run'])).toBe(20);
  expect(complaints).toEqual([]);
});

test('keeps a run as B and compares another with it', async ({ page }) => {
  const complaints = await opened(page);
  await button(page, 'Compare').click();
  await expect(button(page, 'Compare with B')).toBeDisabled();
  await button(page, 'Keep this as B').click();
  await open(page, 'Levers');
  await lever(page, 'traffic').fill('2');
  await expect(summary(page)).toContainText('woke an engineer');
  await button(page, 'Compare').click();
  await button(page, 'Compare with B').click();
  await expect(button(page, 'Compare with B')).toHaveAttribute('aria-pressed', 'true');
  const kept = await scored(page, 'B, as kept');
  expect(plain(kept['checks in this run'])).toBe(run.totals.checks);
  expect(spanned(kept['blind, summed over problems'])).toBe(run.comparison[0].blind_ms);
  expect(plain((await scored(page, 'this run'))['checks in this run'])).not.toBe(run.totals.checks);
  expect(await ghosts(page, 'customer support')).toBe(1);
  expect(complaints).toEqual([]);
});

const calls = (page) => panel(page, 'Planner').locator('.calls > li');

/** Fills the planner's form and sends it. */
async function call(page, endpoint, tool, fields) {
  const form = panel(page, 'Planner').locator('form');
  await form.getByLabel('Endpoint').selectOption({ label: endpoint });
  await form.getByLabel('Tool').selectOption({ label: tool });
  for (const [label, value] of Object.entries(fields)) await retyped(form.getByLabel(label, { exact: true }), value);
  await form.getByRole('button', { name: /^(Call at|Change the call)/ }).click();
}

test('takes over as the planner: calls, is refused, is told what is wrong', async ({ page }) => {
  const complaints = await opened(page);
  await open(page, 'Planner');
  await expect(calls(page)).toHaveText('None so far.');
  await expect(panel(page, 'Planner').getByRole('button', { name: 'Call at 20:05' })).toBeVisible();
  const before = await counts(page);
  await call(page, 'traffic monitor', 'run every so often', { every: '20s', 'valid for': '3min' });
  await expect(calls(page)).toHaveCount(1);
  await expect(calls(page)).toContainText('20:05');
  await expect(calls(page)).toContainText('traffic monitor');
  await expect(calls(page)).toContainText('Accepted.');
  expect((await counts(page))['traffic monitor']).toBeGreaterThan(before['traffic monitor']);

  await call(page, 'scale workers', 'run once', { in: '5s', 'valid for': '2min' });
  await expect(calls(page)).toHaveCount(2);
  await expect(calls(page).last()).toContainText('Refused: still cooling down until');
  expect((await counts(page))['scale workers']).toBe(before['scale workers']);

  await call(page, 'traffic monitor', 'run every so often', { every: 'soon' });
  await expect(panel(page, 'Planner').getByRole('alert')).toContainText('“soon” is no duration: write one such as');
  await expect(panel(page, 'Planner').getByLabel('every', { exact: true })).toHaveValue('soon');
  await expect(calls(page)).toHaveCount(2);
  await call(page, 'traffic monitor', 'run every so often', { every: '25s' });
  await expect(panel(page, 'Planner').getByRole('alert')).toBeHidden();
  await expect(calls(page)).toHaveCount(3);
  expect(complaints).toEqual([]);
});

test('changes a call, drags it to another time, and takes it back', async ({ page }) => {
  const complaints = await opened(page);
  await open(page, 'Planner');
  await call(page, 'traffic monitor', 'run every so often', { every: '20s', 'valid for': '3min' });
  await expect(calls(page)).toContainText('Accepted.');
  const form = panel(page, 'Planner').locator('form');

  await calls(page).getByRole('button', { name: 'Change', exact: true }).click();
  await expect(form.getByLabel('every', { exact: true })).toHaveValue('20s');
  await expect(form.getByLabel('valid for', { exact: true })).toHaveValue('3min');
  await call(page, 'traffic monitor', 'run every so often', { every: '25s' });
  await expect(calls(page)).toHaveCount(1);
  await expect(calls(page)).toContainText('25 s');
  await expect(form.getByRole('button', { name: 'Call at 20:05' })).toBeVisible();

  // By its mark on the lane to 10:00, where the cursor is not.
  const hand = lane(page, 'traffic monitor').locator('path.hand');
  await expect(hand).toHaveCount(1);
  const from = await hand.boundingBox();
  const plot = await lane(page, 'traffic monitor').locator('.plot').boundingBox();
  const y = from.y + from.height / 2;
  await page.mouse.move(from.x + from.width / 2, y);
  await page.mouse.down();
  await page.mouse.move(plot.x + plot.width / 3, y, { steps: 4 });
  await page.mouse.move(plot.x + plot.width / 4, y, { steps: 4 });
  await page.mouse.up();
  await expect(calls(page).locator('.when')).not.toHaveText('20:05');
  const pixel = END / plot.width;
  expect(Math.abs(clocked(await calls(page).locator('.when').textContent()) - 10 * MINUTE)).toBeLessThan(pixel);
  await expect(calls(page)).toContainText('Accepted.');
  await expect(clock(page)).toHaveText('20:05');
  await expect(page.getByRole('tab', { name: 'Planner' })).toHaveAttribute('aria-selected', 'true');

  await calls(page).getByRole('button', { name: 'Move to the cursor' }).click();
  await expect(calls(page).locator('.when')).toHaveText('20:05');
  await calls(page).getByRole('button', { name: 'Remove' }).click();
  await expect(calls(page)).toHaveText('None so far.');
  expect(await counts(page)).toEqual(counted(run.totals));
  await button(top(page), 'Undo').click();
  await expect(calls(page).locator('.when')).toHaveText('20:05');
  await button(top(page), 'Undo').click();
  await expect(calls(page).locator('.when')).not.toHaveText('20:05');
  await button(top(page), 'Redo').click();
  await button(top(page), 'Redo').click();
  await expect(calls(page)).toHaveText('None so far.');
  expect(complaints).toEqual([]);
});

test('takes a call back while changing it, and no other call is touched', async ({ page }) => {
  const complaints = await opened(page);
  await open(page, 'Planner');
  await call(page, 'traffic monitor', 'run every so often', { every: '20s', 'valid for': '3min' });
  await page.getByRole('slider', { name: 'Cursor' }).press('PageUp');
  await call(page, 'page analyzer', 'run every so often', { every: '1min', 'valid for': '5min' });
  await expect(calls(page)).toHaveCount(2);
  await calls(page).first().getByRole('button', { name: 'Change', exact: true }).click();
  await calls(page).first().getByRole('button', { name: 'Remove' }).click();
  await expect(calls(page)).toHaveCount(1);
  await expect.soft(panel(page, 'Planner').getByRole('button', { name: 'Call at 21:05' })).toBeVisible();
  await panel(page, 'Planner').locator('button[type="submit"]').click();
  await expect(calls(page).filter({ hasText: 'page analyzer: asked for a run every 1 min' })).toHaveCount(1);
  await expect(calls(page)).toHaveCount(2);
  expect(complaints).toEqual([]);
});

test('learns that a call of their own is behind it, and takes it back', async ({ page }) => {
  const complaints = await opened(page);
  await open(page, 'Planner');
  await expect(panel(page, 'Planner')).not.toContainText('It is asleep');
  await call(page, 'traffic monitor', 'pause', { 'for (empty: until woken)': '10min' });
  await panel(page, 'Planner').getByRole('combobox', { name: 'Tool' }).selectOption('run once');
  await expect(panel(page, 'Planner')).toContainText('It is asleep or paused at 20:05: wake it first');
  await clickAt(page, 'traffic monitor', 25 * MINUTE);
  const why = panel(page, 'Why');
  await searched(why);
  const own = why.getByRole('listitem').filter({ hasText: /no call of yours on traffic monitor at 20:05: “paused it until 30:05”; then at 20:/ });
  await own.getByRole('button').click();
  await expect(why).toContainText('traffic monitor ran at 20:');
  expect(await counts(page)).toEqual(counted(run.totals));
  expect(complaints).toEqual([]);
});

test('is led by the last words of the sentence to the check that saw it', async ({ page }) => {
  const complaints = await opened(page);
  await lever(page, 'traffic').fill('2');
  await page.getByRole('heading', { level: 1 }).getByRole('button', { name: /checkout was seen broken/ }).click();
  await expect(panel(page, 'Why')).toContainText(/order processor ran at \d+:\d\d/);
  await expect(panel(page, 'Why')).toContainText('conversion');
  expect(complaints).toEqual([]);
});

test('sees no line and no numbers where nothing can be known', async ({ page }) => {
  const complaints = await opened(page);
  await lever(page, 'traffic').fill('0');
  const row = page.locator('.row.metric', { hasText: 'Conversion' });
  await expect(row.locator('.value')).toHaveText('unknown');
  await expect(row.locator('.scale')).toHaveText('');
  await expect(row.locator('path.truth')).toHaveAttribute('d', '');
  await expect(row.locator('path.observed')).toHaveAttribute('d', '');
  expect(complaints).toEqual([]);
});

test('unfolds tables of a comparison, and looks at one after the other in haste', async ({ page }) => {
  const complaints = await opened(page);
  await open(page, 'Compare');
  await rival(page).selectOption({ label: 'the defaults' });
  for (const name of ['All points', 'Lane by lane']) await panel(page, 'Compare').locator('summary', { hasText: name }).click();
  // What is made anew is unfolded, which is told to it when it may be gone already.
  await rival(page).evaluate(async (select) => {
    for (let step = 0; step < 60; step++) {
      select.selectedIndex = 1 + (step % 3);
      select.dispatchEvent(new Event('change', { bubbles: true }));
      await new Promise((then) => setTimeout(then, step % 5));
    }
  });
  await expect(panel(page, 'Compare').locator('details[open]')).toHaveCount(2);
  expect(complaints).toEqual([]);
});

/** What a plot says of the pointer on it. */
const tip = (plot) => plot.evaluate((element) => element.dataset.tip.replaceAll('\u00a0', ' '));

test('is told what lies under the pointer: values, levels, lines, whole messages', async ({ page }) => {
  const complaints = await opened(page);
  const visitors = page.locator('.metric .plot').first();
  const { width, height } = await visitors.boundingBox();
  const x = (7.5 / 40) * width;
  await visitors.hover({ position: { x, y: height - 2 } });
  expect(await tip(visitors)).toMatch(/^Visitors at 7:\d\d: 5,000\/min; a check saw 5,000\/min at 7:[03]0$/);
  // Whatever is dotted has a rule that uses it.
  const level = await page.evaluate(() => {
    const path = document.querySelector('.metric .plot path.threshold').getAttribute('d');
    return Number(path.match(/M-?[\d.]+ (-?[\d.]+)/)[1]);
  });
  await visitors.hover({ position: { x, y: level } });
  expect(await tip(visitors)).toContain('Dotted: 3,500/min puts on “traffic spike” (off again at 2,500/min)');
  const seen = page.locator('.metric text.delay').first();
  await seen.hover();
  expect(await tip(page.locator('.metric .plot', { has: page.locator('text.delay') }).first())).toMatch(/^“.+” began at 9:00 and was seen 35 s later$/);
  const cadence = page.locator('.cadence .plot');
  const name = page.locator('.line-name', { hasText: 'page analyzer, database trace' });
  const [box, plot] = [await name.boundingBox(), await cadence.boundingBox()];
  await cadence.hover({ position: { x: box.x - plot.x + 20, y: box.y - plot.y + box.height } });
  expect(await tip(cadence)).toMatch(/^inventory sync, page analyzer, database trace at .+: every 2 min$/);
  const flag = lane(page, 'customer support').locator('text.flag');
  await flag.hover();
  expect(await tip(lane(page, 'customer support').locator('.plot'))).toBe(run.messages.at(-1).text);
  expect(complaints).toEqual([]);
});

test('drags over lanes: the cursor while all is in view, the view when not', async ({ page }) => {
  const complaints = await opened(page);
  const { plot } = await placeOf(page, 'page analyzer', 0);
  const box = await plot.boundingBox();
  const drag = async (from, to) => {
    await page.mouse.move(box.x + from * box.width, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + to * box.width, box.y + 10, { steps: 6 });
    await page.mouse.up();
  };
  await drag(0.6, 0.25);
  await expect(clock(page)).toHaveText('10:00');
  // To drag is not to choose.
  await expect(page.getByRole('tab', { name: 'Levers' })).toHaveAttribute('aria-selected', 'true');
  await button(page, 'Closer').click();
  const first = page.locator('.tick').first();
  const before = await first.textContent();
  await drag(0.3, 0.7);
  await expect(first).not.toHaveText(before);
  await expect(clock(page)).toHaveText('10:00');
  await expect(button(page, 'Fit')).toBeEnabled();
  expect(complaints).toEqual([]);
});

test('finds the way back from the tables, and the steps locked with the cursor', async ({ page }) => {
  const complaints = await opened(page);
  await open(page, 'Compare');
  await button(page, 'Tables').click();
  await expect(panel(page, 'Claims')).toBeVisible();
  await button(page, 'Back to the figure').click();
  await expect(panel(page, 'Compare')).toBeVisible();
  await expect(page.locator('.lanes')).toBeFocused();
  await button(page, 'Lock').click();
  for (const name of ['Fit', 'Closer', 'Next decision', 'Previous decision']) await expect(button(page, name)).toBeDisabled();
  await button(page, 'Play').click();
  await expect(button(page, 'Next decision')).toBeEnabled();
  expect(complaints).toEqual([]);
});

test('finds the planner again by pressing the mark of a call', async ({ page }) => {
  const complaints = await opened(page);
  await open(page, 'Planner');
  await call(page, 'page analyzer', 'pause', { 'for (empty: until woken)': '' });
  await expect(calls(page)).toContainText('Accepted.');
  await open(page, 'Levers');
  await page.getByRole('slider', { name: 'Cursor' }).press('Home');
  await lane(page, 'page analyzer').locator('path.hand').click();
  await expect(panel(page, 'Planner')).toBeVisible();
  await expect(clock(page)).toHaveText('20:05');
  expect(complaints).toEqual([]);
});

test('reads the story to its end', async ({ page }) => {
  const complaints = await opened(page);
  const story = page.getByRole('region', { name: 'The story' });
  await expect(story).toBeHidden();
  await button(page, 'Story').click();
  for (const [index, [title, at]] of CHAPTERS.entries()) {
    if (index > 0) await button(story, 'Next').click();
    await expect(story.getByRole('heading', { level: 2 })).toHaveText(title);
    await expect(clock(page)).toHaveText(at);
    await expect(story.getByRole('button', { name: /^Chapter/ }).nth(index)).toHaveAttribute('aria-current', 'step');
  }
  await expect(button(story, 'Next')).toBeDisabled();
  for (const [title, at] of CHAPTERS.toReversed().slice(1)) {
    await button(story, 'Back').click();
    await expect(story.getByRole('heading', { level: 2 })).toHaveText(title);
    await expect(clock(page)).toHaveText(at);
  }
  await expect(button(story, 'Back')).toBeDisabled();
  await button(story, 'Close').click();
  await expect(story).toBeHidden();
  expect(complaints).toEqual([]);
});

test('watches the story go on while it plays', async ({ page }) => {
  await opened(page);
  await button(top(page), 'Story').click();
  await expect(page.locator('.story h2')).toHaveText('1. Baseline');
  await page.getByRole('slider', { name: 'Speed' }).fill('100');
  await button(page, 'Play').click();
  await expect(page.locator('.story h2')).toHaveText('6. Normal');
  await expect(clock(page)).toHaveText('40:00');
});

test('is told what cron owes to luck, once nothing moves', async ({ page }) => {
  await opened(page);
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByLabel('Compare with', { exact: true }).selectOption({ label: 'cron every 5 min' });
  const panel = page.getByRole('tabpanel', { name: 'Compare' });
  const of = (name) => run.comparison.find((row) => row.policy === name);
  const seconds = (ms) => Math.round(ms / 1_000);
  const told = (ms) => (seconds(ms) < 60 ? `${seconds(ms)} s` : `${Math.floor(seconds(ms) / 60)} min ${seconds(ms) % 60} s`).replace(' 0 s', '');
  const sentence = `cron every 5 min would see the first problem ${told(of('cron-5m').mean_delay_ms)} late on average, this run ${told(of('adaptive').mean_delay_ms)}.`;
  await expect.poll(async () => (await panel.textContent()).replaceAll('\u00a0', ' ')).toContain(sentence);
  await page.getByLabel('Compare with', { exact: true }).selectOption({ label: "the story's own cron" });
  await expect(panel).toContainText('traffic monitor every 5 min, page analyzer every 10 min, operations every 30 min, whatever happens.');
});

test('ends a comparison from where it is said that there is one', async ({ page }) => {
  await opened(page);
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByLabel('Compare with', { exact: true }).selectOption({ label: 'cron every 5 min' });
  await page.getByRole('tab', { name: 'Levers' }).click();
  await expect(page.locator('.terms')).toContainText('at the foot of the lanes: cron every 5 min');
  await button(page, 'Stop comparing').click();
  await expect(page.locator('.terms')).not.toContainText('cron every 5 min', { useInnerText: true });
  await expect(page.locator('.lane path.ghost').first()).toHaveAttribute('d', '');
});

test('looks closer with the wheel where the pointer is, on a lane too', async ({ page }) => {
  await opened(page);
  const plot = lane(page, 'inventory sync').locator('.plot');
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
  await page.keyboard.down('Control');
  for (let turn = 0; turn < 4; turn += 1) await page.mouse.wheel(0, -120);
  await page.keyboard.up('Control');
  const shown = page.locator('.scrubber .window');
  const [left, width] = await shown.evaluate((window) => [window.style.left, window.style.width].map(parseFloat));
  expect(width).toBeLessThan(50);
  // The moment that was pointed at, 36:00, is where it was.
  expect(left + width * 0.9).toBeGreaterThan(89);
  expect(left + width * 0.9).toBeLessThan(91);
});

test('sees what a sentence of the story speaks of, and which sentence speaks of a lane', async ({ page }) => {
  const complaints = await opened(page);
  await button(page, 'Story').click();
  const story = page.getByRole('region', { name: 'The story' });
  await story.getByRole('button', { name: /Chapter 2/ }).click();
  const sentence = story.getByRole('button', { name: /^Operations are told/ });
  await sentence.hover();
  await expect(page.locator('.lane.lit .name')).toHaveText(['operations']);
  await expect(story.locator('.sentence.lit')).toHaveText([/^Operations are told/]);
  await lane(page, 'traffic monitor').locator('.plot').hover();
  await expect(page.locator('.lane.lit .name')).toHaveText(['traffic monitor']);
  await expect(story.locator('.sentence.lit')).toHaveText([/the traffic monitor sees/, /It asks to be run every 30\ss/]);
  await summary(page).hover({ position: { x: 4, y: 4 } });
  await expect(page.locator('.lane.lit')).toHaveCount(0);
  await expect(story.locator('.sentence.lit')).toHaveCount(0);
  // A sentence leads to its moment, too.
  await story.getByRole('button', { name: /the traffic monitor sees/ }).click();
  await expect(clock(page)).toHaveText('5:00');
  expect(complaints).toEqual([]);
});

test('answers the first question at the end of the story, and has it told as it was', async ({ page }) => {
  const complaints = await opened(page);
  await button(page, 'Story').click();
  const story = page.getByRole('region', { name: 'The story' });
  await story.getByRole('button', { name: /Chapter 6/ }).click();
  const questions = page.locator('.questions li');
  await expect(questions).toHaveCount(3);
  for (const index of [0, 1, 2]) await expect(questions.nth(index).locator('.for-readers')).toHaveText('Not yet.');
  const asItWas = story.getByRole('button', { name: 'Tell it as it was' });
  await expect(asItWas).toBeHidden();

  await lever(page, 'traffic').fill('2');
  await expect(questions.nth(0).locator('.for-readers')).toHaveText('Done.');
  await expect(questions.nth(1).locator('.for-readers')).toHaveText('Not yet.');
  await expect(story).toContainText('The run has been changed, so the story goes differently.');
  await asItWas.click();
  await expect(asItWas).toBeHidden();
  await expect(lever(page, 'traffic')).toHaveValue('1');
  await expect(summary(page)).toContainText('woke nobody');
  expect(complaints).toEqual([]);
});

test('is told the story of any run without words for what is not known', async ({ page }) => {
  const complaints = await opened(page);
  await button(page, 'Story').click();
  const story = page.getByRole('region', { name: 'The story' });
  const odd = [];
  for (const traffic of ['0', '0.2', '0.6', '2', '5']) {
    await lever(page, 'traffic').fill(traffic);
    for (const chapter of [1, 2, 3, 4, 5, 6]) {
      await story.getByRole('button', { name: `Chapter ${chapter}:` }).click();
      for (const sentence of await story.locator('.sentence').allTextContents()) {
        if (/unknown|NaN|at no time/i.test(sentence)) odd.push(`${traffic}×: ${sentence.trim()}`);
      }
    }
  }
  expect(odd).toEqual([]);
  expect(complaints).toEqual([]);
});

test('sees that a question is answered, wherever they have scrolled to', async ({ page }) => {
  await opened(page);
  await button(top(page), 'Story').click();
  await page.getByRole('button', { name: 'Chapter 6: Normal' }).click();
  await lever(page, 'traffic').fill('2');
  await expect(page.locator('.changed')).toContainText('Done: Make checkout break.');
  await lever(page, 'traffic').fill('2.1');
  await expect(page.locator('.changed')).not.toContainText('Done');
});

test('hears that a question is answered', async ({ page }) => {
  const complaints = await opened(page);
  await button(page, 'Story').click();
  await page.getByRole('button', { name: /^Chapter 6/ }).click();
  // A screen reader says what changes within a status, and not that there is a new one.
  const status = await voice(page).elementHandle();
  const question = await page.locator('.questions li > span:nth-child(2)').first().evaluate((all) => all.firstChild.data);
  await lever(page, 'traffic').fill('2');
  await expect.poll(() => status.textContent()).toContain(`Done: ${question}`);
  expect(await status.evaluate((element) => element.isConnected)).toBe(true);
  expect(complaints).toEqual([]);
});

test('keeps unfolded what was unfolded while the run changes', async ({ page }) => {
  const complaints = await opened(page);
  const isOpen = (details) => details.evaluate((details) => details.open);
  await lever(page, 'traffic').fill('1.2');

  await open(page, /Claims/);
  await unfold(page, 'Alerts');
  const table = page.locator('details', { has: page.getByText('Alerts', { exact: true }) });
  await button(top(page), 'Undo').click();
  await expect(lever(page, 'traffic')).toHaveValue('1');
  expect.soft(await isOpen(table), 'a table of the report').toBe(true);

  await button(page, 'Compare').click();
  await rival(page).selectOption({ label: 'cron every 5 min' });
  await unfold(page, 'Lane by lane');
  const lanes = page.locator('details', { has: page.getByText('Lane by lane', { exact: true }) });
  await button(top(page), 'Redo').click();
  await expect(lever(page, 'traffic')).toHaveValue('1.2');
  expect.soft(await isOpen(lanes), 'the comparison lane by lane').toBe(true);

  await button(page, 'Story').click();
  await page.getByRole('button', { name: /^Chapter 6/ }).click();
  const hint = page.locator('.questions details').first();
  await hint.locator('summary').click();
  await button(top(page), 'Undo').click();
  await expect(lever(page, 'traffic')).toHaveValue('1');
  expect.soft(await isOpen(hint), 'a hint').toBe(true);
  expect(complaints).toEqual([]);
});

test('shares what they see, and another sees the same', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const complaints = await opened(page);
  await lever(page, 'traffic').fill('1.5');
  await typed(page.getByLabel('Scale workers delay, value'), '2min');
  await open(page, 'Compare');
  await typed(page.getByLabel('Any cron expression'), '*/9 * * * *');
  await expect(page.locator('.terms')).toContainText('cron */9 * * * *');
  await button(top(page), 'Share').click();
  await expect(button(top(page), 'Copied')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(page.url());
  expect(link.length - link.indexOf('#')).toBeLessThan(200);
  const said = await summary(page).textContent();
  await page.getByRole('dialog', { name: 'Share what you see' }).getByRole('button', { name: 'Close' }).click();
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.locator('#opened')).toHaveText('The link: run again, it came to the same (reproduced).');
  await expect(summary(other)).toHaveText(said);
  await expect(other.locator('.terms')).toContainText('cron */9 * * * *');
  await expect(other.getByRole('tab', { name: 'Compare' })).toHaveAttribute('aria-selected', 'true');
  // Another link that is followed on the same page is shown, too.
  await other.evaluate(() => (location.hash = '#v=1&l=JGr:2'));
  await expect(summary(other)).toContainText('checkout was seen broken at 5:00');
  await expect(other.locator('#opened')).toContainText('it is damaged');
  // The command line says the same of it.
  const { stderr } = await commandLine(['--open', link, '--format', 'csv']);
  expect(stderr).toBe('the link: reproduced\n');
  expect(complaints).toEqual([]);
});

test('shares a live view for a page of their own, in four ways, each with a preview', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const complaints = await opened(page);
  await lever(page, 'traffic').fill('0.2');
  await button(top(page), 'Share').click();
  const dialog = page.getByRole('dialog', { name: 'Share what you see' });
  await expect(dialog).toBeVisible();
  for (const [what, part] of [['link', '#v=1'], ['element', '<accelerando-view view="metrics timeline" controls="traffic" traffic="0.2">'], ['frame', 'embed=v1'], ['Markdown', '[![In 40 min of flash sale']]) {
    await dialog.getByRole('button', { name: `Copy the ${what}` }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain(part);
    expect(await dialog.locator('textarea').evaluateAll((fields, copied) => fields.some((field) => field.value === copied), copied)).toBe(true);
  }
  // The previews are the thing itself.
  await dialog.locator('accelerando-view').scrollIntoViewIfNeeded();
  await expect(dialog.locator('accelerando-view .summary')).toContainText('26 checks');
  await expect(dialog.frameLocator('iframe').locator('.summary')).toContainText('26 checks');
  expect(await dialog.locator('img').evaluate((image) => image.complete && image.naturalWidth > 500)).toBe(true);
  expect(complaints).toEqual([]);
  const { violations } = await new AxeBuilder({ page }).include('dialog.sheet').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0].html])).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(await page.locator('dialog.sheet *').count()).toBe(0);
});

test('saves the run as files, with the bytes of the command line', async ({ page }) => {
  await opened(page);
  await lever(page, 'traffic').fill('1.5');
  await button(top(page), 'Share').click();
  const dialog = page.getByRole('dialog', { name: 'Share what you see' });
  const saved = async (name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name, exact: true }).click()]);
    return [download.suggestedFilename(), readFileSync(await download.path())];
  };
  for (const [name, format, file] of [
    ['Report (Markdown)', 'markdown', 'accelerando.md'], ['Runs (CSV)', 'csv', 'accelerando.csv'],
    ['Everything (JSON)', 'json', 'accelerando.json'], ['Trace events (for Perfetto)', 'trace-event', 'accelerando-trace.json'],
    ['SVG', 'svg', 'accelerando.svg'],
  ]) {
    const [suggested, bytes] = await saved(name);
    expect(suggested).toBe(file);
    const { stdout } = await commandLine(['--set', 'traffic=1.5', '--format', format]);
    expect(bytes.toString(), format).toBe(stdout);
  }
  await dialog.getByLabel('Picture of').selectOption('cadence');
  await dialog.getByLabel('in', { exact: true }).selectOption('dark');
  const [suggested, svg] = await saved('SVG');
  expect(suggested).toBe('accelerando-cadence.svg');
  const { stdout } = await commandLine(['--set', 'traffic=1.5', '--format', 'svg:cadence:dark']);
  expect(svg.toString()).toBe(stdout);
  const [name, png] = await saved('PNG');
  expect(name).toBe('accelerando-cadence.png');
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  // Twice as large as the picture, whose width stands in the first block of the file.
  expect(png.readUInt32BE(16)).toBe(2_400);
});

test('opens a damaged link, and is told what could not be read', async ({ page }) => {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto('#v=1&l=zzz:4,JGr:2&t=zzzzzzzz&x=1.AAAAAA&k=AAA');
  const told = page.locator('#opened');
  await expect(told).toContainText('skipped `l=zzz:4`: no lever of this scenario');
  await expect(told).toContainText('skipped `t=zzzzzzzz`: no moment of the run');
  await expect(told).toContainText('likely because the link is damaged');
  await expect(summary(page)).toContainText('checkout was seen broken at 5:00');
  expect(complaints).toEqual([]);
});

test('copies the report as Markdown and as CSV', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const complaints = await opened(page);
  await open(page, /Claims/);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const titles = await page.locator('.report summary').allTextContents();
  expect(titles).toEqual(expect.arrayContaining(['Minute by minute', 'Phase by phase', 'Alerts', 'Recoveries']));
  for (const title of titles) {
    await unfold(page, title);
    const table = page.getByRole('table', { name: title });
    const head = await table.getByRole('columnheader').allTextContents();
    const rows = await table.locator('tbody tr').count();
    const folded = page.locator('details', { has: page.getByRole('table', { name: title }) });

    await folded.getByRole('button', { name: 'Copy as Markdown' }).click();
    await expect(folded.getByRole('button', { name: 'Copied' })).toBeVisible();
    const markdown = (await clipboard()).trimEnd().split('\n');
    expect(markdown[0]).toBe(`## ${title}`);
    expect(markdown[2]).toBe(`| ${head.join(' | ')} |`);
    expect(markdown.length).toBe(4 + rows);

    await folded.getByRole('button', { name: 'Copy as CSV' }).click();
    await expect.poll(async () => (await clipboard()).split('\n')[0]).toBe(head.join(','));
    expect((await clipboard()).trimEnd().split('\n').length).toBe(1 + rows);
  }
  // The words come back.
  await expect(page.getByRole('button', { name: 'Copied' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Copy as CSV' })).toHaveCount(titles.length);
  expect(complaints).toEqual([]);
});

test('walks the figure and the levers with the keyboard alone', async ({ page }) => {
  const complaints = await opened(page);
  const lanes = page.getByRole('application');
  await tabTo(page, lanes);
  await page.keyboard.press('Space');
  await expect(button(page, 'Pause')).toBeVisible();
  await page.keyboard.press('Space');
  await expect(button(page, 'Play')).toBeVisible();
  const paused = clocked(await clock(page).textContent());
  await page.keyboard.press('.');
  await expect.poll(async () => clocked(await clock(page).textContent())).toBeGreaterThan(paused);
  await page.keyboard.press(',');
  await expect.poll(async () => clocked(await clock(page).textContent())).toBeLessThanOrEqual(paused);

  await page.keyboard.press('ArrowUp');
  await expect(page.locator('.lane.selected .name')).toHaveText('traffic monitor');
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('.lane.selected .name')).toHaveText('order processor');
  await page.keyboard.press('ArrowLeft');
  await expect(panel(page, 'Why').locator('.why-sentence')).toContainText(/^order processor ran at/);
  await expect(lanes).toBeFocused();

  const why = page.getByRole('tab', { name: 'Why' });
  await tabTo(page, why);
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('tab', { name: 'Levers' })).toBeFocused();
  await expect(panel(page, 'Levers')).toBeVisible();
  await tabTo(page, lever(page, 'traffic'));
  for (let step = 0; step < 20; step += 1) await page.keyboard.press('ArrowRight');
  await expect(lever(page, 'traffic')).toHaveValue('2');
  await expect(summary(page)).toContainText('woke an engineer');
  for (let step = 0; step < 20; step += 1) await page.keyboard.press('Control+z');
  await expect(summary(page)).toContainText('woke nobody');
  await expect(lever(page, 'traffic')).toHaveValue('1');
  await page.keyboard.press('Control+Shift+z');
  await expect(lever(page, 'traffic')).not.toHaveValue('1');

  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'How to read this page' });
  await expect(help).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await expect(lever(page, 'traffic')).toBeFocused();
  expect(complaints).toEqual([]);
});

test('compares and plans with the keyboard alone', async ({ page }) => {
  const complaints = await opened(page);
  await tabTo(page, page.getByRole('tab', { name: 'Levers' }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Compare' })).toBeFocused();
  const choice = rival(page);
  await tabTo(page, choice);
  await page.keyboard.press('ArrowDown');
  await expect(choice.locator('option:checked')).toHaveText('cron every 30 s');
  await expect(panel(page, 'Compare').getByRole('columnheader', { name: 'cron every 30 s' })).toBeVisible();
  await expect(choice).toBeFocused();

  await tabTo(page, page.getByRole('tab', { name: 'Compare' }), 'Shift+Tab');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('tab', { name: 'Planner' })).toBeFocused();
  await tabTo(page, panel(page, 'Planner').getByLabel('every', { exact: true }));
  await page.keyboard.press('Control+a');
  await page.keyboard.type('20s');
  await page.keyboard.press('Enter');
  await expect(calls(page)).toContainText('Accepted.');
  await expect(panel(page, 'Planner').getByLabel('every', { exact: true })).toBeFocused();
  await tabTo(page, calls(page).getByRole('button', { name: 'Remove' }));
  await page.keyboard.press('Enter');
  await expect(calls(page)).toHaveText('None so far.');
  expect(complaints).toEqual([]);
});

test('takes a call back and undoes that with the keyboard alone', async ({ page }) => {
  const complaints = await opened(page);
  await open(page, 'Planner');
  await call(page, 'traffic monitor', 'run every so often', { every: '20s', 'valid for': '3min' });
  await expect(calls(page)).toContainText('Accepted.');
  await tabTo(page, calls(page).getByRole('button', { name: 'Remove' }));
  await page.keyboard.press('Enter');
  await expect(calls(page)).toHaveText('None so far.');
  // What had the focus is gone; the keys of the page go on working.
  await page.keyboard.press('Control+z');
  await expect(calls(page)).toContainText('Accepted.');
  expect(complaints).toEqual([]);
});

test('tries a change that flips the outcome with the keyboard alone', async ({ page }) => {
  const complaints = await opened(page);
  await clickAt(page, 'customer support', TOLD);
  const why = panel(page, 'Why');
  await searched(why);
  await tabTo(page, changes(why).first());
  await page.keyboard.press('Enter');
  await expect(summary(page)).not.toContainText('customer support');
  // What had the focus is gone; the keys of the page go on working.
  await page.keyboard.press('Control+z');
  await expect(summary(page)).toContainText('customer support');
  expect(complaints).toEqual([]);
});

test('goes on with keys where the button that was pressed has nothing left to do', async ({ page }) => {
  const complaints = await opened(page);
  await lever(page, 'traffic').fill('2');
  await expect(summary(page)).toContainText('woke an engineer');
  await button(top(page), 'Undo').click();
  await expect(button(top(page), 'Undo')).toBeDisabled();
  await page.keyboard.press('Control+Shift+z');
  await expect(summary(page)).toContainText('woke an engineer');
  await button(page, 'Reset all').click();
  await expect(button(page, 'Reset all')).toBeDisabled();
  await page.keyboard.press('Control+z');
  await expect(summary(page)).toContainText('woke an engineer');
  expect(complaints).toEqual([]);
});

test('keeps the focus near where it was, and plays from a slider', async ({ page }) => {
  const complaints = await opened(page);
  await lever(page, 'traffic').focus();
  await page.keyboard.press('Space');
  await expect(button(page, 'Pause')).toBeVisible();
  await page.keyboard.press('Space');
  await expect(button(page, 'Play')).toBeVisible();
  await clickAt(page, 'customer support', TOLD);
  const why = panel(page, 'Why');
  await searched(why);
  await why.getByRole('button', { name: /traffic monitor saw/ }).press('Enter');
  await expect(why.getByRole('heading', { level: 2 })).toContainText('traffic monitor');
  await expect(why.locator('.why')).toBeFocused();
  await searched(why);
  await changes(why).first().press('Enter');
  await expect(why.locator('.why')).toBeFocused();
  // A list has no undo of its own.
  await open(page, 'Planner');
  await panel(page, 'Planner').getByLabel('Tool').press('Control+z');
  await expect(button(top(page), 'Redo')).toBeEnabled();
  expect(complaints).toEqual([]);
});

test('finds a reason before anything was chosen, and what a call came to', async ({ page }) => {
  const complaints = await opened(page);
  await open(page, 'Why');
  await expect(panel(page, 'Why')).toContainText('customer support ran at 20:05: the incident is 15 min old');
  await open(page, 'Planner');
  await call(page, 'traffic monitor', 'run every so often', { every: '5s', 'valid for': '3min' });
  await expect(calls(page)).toContainText('Raised to 20 s by its smallest gap. Next run at 20:20.');
  await call(page, 'on-call page', 'run every so often', { every: '1min', 'valid for': '3min' });
  await expect(calls(page).last()).toContainText('But it is asleep or paused, so nothing follows: wake it first.');
  await call(page, 'order processor', 'pause', { 'for (empty: until woken)': '' });
  await expect(page.locator('.node', { hasText: 'order processor' })).toContainText('paused by hand');
  await expect(lane(page, 'order processor').locator('.plot')).toContainText('paused by hand');
  expect(complaints).toEqual([]);
});

test('reads the story with the keyboard alone', async ({ page }) => {
  const complaints = await opened(page);
  const story = page.getByRole('region', { name: 'The story' });
  await tabTo(page, button(page, 'Story'));
  await page.keyboard.press('Enter');
  await expect(story.getByRole('heading', { level: 2 })).toHaveText(CHAPTERS[0][0]);
  await tabTo(page, button(story, 'Next'));
  for (const [title, at] of CHAPTERS.slice(1)) {
    // The focus stays on Next, so that one key reads on.
    await page.keyboard.press('Enter');
    await expect(story.getByRole('heading', { level: 2 })).toHaveText(title);
    await expect(clock(page)).toHaveText(at);
  }
  expect(complaints).toEqual([]);
});

for (const [width, height] of [
  [1440, 900],
  [390, 844],
]) {
  test(`sees what has the focus, at ${width}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const complaints = await opened(page);
    const hidden = [];
    for (let pressed = 0; pressed < 80; pressed += 1) {
      await page.keyboard.press('Tab');
      const covered = await page.evaluate(() => {
        const focused = document.activeElement;
        const bar = document.querySelector('.playback');
        if (focused === document.body || bar.contains(focused)) return null;
        const box = focused.getBoundingClientRect();
        const seen = box.top < bar.getBoundingClientRect().top && box.bottom > 0;
        return seen ? null : focused.ariaLabel || focused.labels?.[0]?.textContent || focused.textContent;
      });
      if (covered !== null) hidden.push(covered);
    }
    expect(hidden, 'behind the bar at the bottom').toEqual([]);
    expect(complaints).toEqual([]);
  });
}

test.describe('by touch', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('reads, plays and asks why', async ({ page }) => {
    const complaints = await opened(page);
    const { plot, position } = await placeOf(page, 'customer support', TOLD);
    await plot.tap({ position });
    await expect(panel(page, 'Why')).toContainText('customer support ran at 20:05: the incident is 15 min old');

    await button(page, 'Play').tap();
    await expect(button(page, 'Pause')).toBeVisible();
    await expect.poll(async () => clocked(await clock(page).textContent())).toBeGreaterThan(TOLD);
    await button(page, 'Pause').tap();
    await expect(button(page, 'Play')).toBeVisible();

    await page.getByRole('tab', { name: 'Levers' }).tap();
    await expect(panel(page, 'Levers')).toBeVisible();
    await page.getByText('Scale workers fails').tap();
    await expect(page.getByRole('switch', { name: 'Scale workers fails' })).toBeChecked();
    await expect(summary(page)).toContainText('tried 2 recoveries (1 failed)');
    // The sentence is out of sight here: the bar says what changed and what came of it.
    const changed = page.locator('.changed');
    await expect(changed).toContainText('Scale workers fails: true, was false');
    await expect(changed).toContainText(/\d+ checks; told: operations/);
    await button(changed, 'Undo').tap();
    await expect(summary(page)).not.toContainText('failed');
    await expect(changed).toContainText('Scale workers fails: false, was true');
    await expect(button(changed, 'Redo')).toBeVisible();

    await button(page, 'Story').tap();
    const story = page.getByRole('region', { name: 'The story' });
    for (const [title, at] of CHAPTERS.slice(1)) {
      await button(story, 'Next').tap();
      await expect(story.getByRole('heading', { level: 2 })).toHaveText(title);
      await expect(clock(page)).toHaveText(at);
    }
    expect(complaints).toEqual([]);
  });

  test('scrolls over a slider and leaves it as it was; taps and slides move it', async ({ page }) => {
    await opened(page);
    const traffic = lever(page, 'traffic');
    const devtools = await page.context().newCDPSession(page);
    const finger = async (toX, toY) => {
      const box = await traffic.boundingBox();
      const [x, y] = [box.x + box.width * 0.7, box.y + box.height / 2];
      const touch = (type, points) => devtools.send('Input.dispatchTouchEvent', { type, touchPoints: points });
      await touch('touchStart', [{ x, y }]);
      for (let part = 1; part <= 10 && toX + toY !== 0; part += 1) {
        await touch('touchMove', [{ x: x + (toX * part) / 10, y: y + (toY * part) / 10 }]);
      }
      await touch('touchEnd', []);
    };
    await traffic.evaluate((input) => input.scrollIntoView({ block: 'center' }));
    const before = await page.evaluate(() => scrollY);
    await finger(0, -150);
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(before + 50);
    await expect(traffic).toHaveValue('1');
    // A page that still glides takes a tap for a halt.
    let last = -1;
    await expect
      .poll(async () => {
        const before = last;
        last = await page.evaluate(() => scrollY);
        return last === before;
      }, { intervals: [300] })
      .toBe(true);
    // On a slow machine it may still glide; whoever sees that nothing came of a tap taps again.
    await expect
      .poll(async () => {
        await finger(0, 0);
        return Number(await traffic.inputValue());
      }, { intervals: [1_000] })
      .toBeGreaterThan(3);
    await finger(-120, 0);
    await expect.poll(async () => Number(await traffic.inputValue())).toBeLessThan(2.5);
  });
});

test('opens a message by its words, wherever they are hit', async ({ page }) => {
  await opened(page);
  const words = page.locator('text.flag').first();
  const { width } = await words.boundingBox();
  for (const x of [4, width - 6]) {
    await page.keyboard.press('Escape');
    await words.click({ position: { x, y: 6 } });
    await expect(page.locator('.why-sentence')).not.toContainText('did not run');
    await expect(clock(page)).toHaveText(/^(5:05|20:05)$/);
  }
});

test('resets all: levers, what was typed in vain, selection and comparison', async ({ page }) => {
  const complaints = await opened(page);
  const field = page.getByLabel('Cache warm-up delay, value');
  await lever(page, 'traffic').fill('1.3');
  await clickAt(page, 'customer support', TOLD);
  await open(page, 'Compare');
  await page.getByLabel('Compare with', { exact: true }).selectOption('the defaults');
  await expect(page.getByRole('table', { name: 'Both runs' })).toBeVisible();
  await open(page, 'Levers');
  await typed(field, 'banana');
  await expect(panel(page, 'Levers').getByRole('alert').filter({ hasText: 'banana' })).toBeVisible();
  await button(page, 'Reset all').click();
  await expect(field).toHaveValue('20 s');
  await expect(panel(page, 'Levers').getByText('banana')).toHaveCount(0);
  await expect(page.locator('.chosen')).toHaveCount(0);
  await expect(page.locator('.ghost').first()).toHaveAttribute('d', '');
  await expect(button(page, 'Reset all')).toBeDisabled();
  expect(complaints).toEqual([]);
});

/** Settings as the command line takes them. */
const SETTINGS = [
  { traffic: '0.2' },
  { traffic: '0.75', 'spike.on': '2500/min' },
  { traffic: '1.1' },
  { traffic: '1.35', 'scale_checkout_workers.effectiveness': '0.5' },
  { traffic: '2' },
  { traffic: '5' },
  { 'cache_warm_up.effectiveness': '0', 'slow.on': '1500ms' },
  { 'cache_warm_up.effectiveness': '2', 'cache_warm_up.delay': '2min' },
  { 'scale_checkout_workers.effectiveness': '1.6', 'scale_checkout_workers.delay': '1min' },
  { 'scale_checkout_workers.delay': '12min', 'support.patience': '8min' },
  { 'cache_warm_up.fails': 'true' },
  { 'scale_checkout_workers.fails': 'true' },
  { 'cache_warm_up.fails': 'true', 'scale_checkout_workers.fails': 'true', 'page.patience': '5min' },
  { traffic: '1.5', 'scale_checkout_workers.fails': 'true', 'critical.page': '6s' },
  { 'tight.traffic': '2min', 'tight.orders': '3min', 'tight.investigation': '10min' },
  { 'tight.traffic': '20s', 'tight.inventory': '45s', 'lagging.on': '200ms' },
  { 'degraded.page': '2000ms', 'degraded.conversion': '3.3%' },
  { 'db_overloaded.on': '600ms', 'backlog_high.on': '60', 'product_pages.on': '1200ms' },
  { 'traffic_monitor.every': '2min', 'inventory_sync_check.every': '1min', 'slack_operations.cooldown': '1min' },
  { 'traffic.strain': '0.4', 'traffic.normal': '3', 'traffic_monitor.min': '1min' },
];

/** What the command line prints for settings. */
async function printed(settings) {
  const set = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const { stdout } = await commandLine(['--format', 'json', ...set]);
  const report = await commandLine(set);
  // The sentence stands between the title and what was changed.
  const [, ...head] = report.stdout.slice(0, report.stdout.indexOf('\n\n')).split('\n');
  const [sentence] = head.join(' ').split(' changed: ');
  return { ...JSON.parse(stdout), sentence };
}

test('sees what the command line says, at 20 settings', async ({ page }) => {
  const complaints = await opened(page);
  expect(SETTINGS).toHaveLength(20);
  for (const title of [
    'Traffic phase by phase',
    'Thresholds and tight intervals',
    "Cadences: everybody's own schedule",
    'Clamps: smallest and largest gap',
    'Cooldowns: how long an action rests',
  ]) {
    await unfold(page, title);
  }
  for (const settings of SETTINGS) {
    const words = JSON.stringify(settings);
    const wanted = await printed(settings);
    await open(page, 'Levers');
    for (const [name, value] of Object.entries(settings)) {
      if (value === 'true') await turn(page, name);
      else await type(page, name, value);
    }
    await expect.poll(() => counts(page), words).toEqual(counted(wanted.totals));
    const sentence = await summary(page).textContent();
    expect(sentence.replaceAll('\u00a0', ' '), words).toBe(wanted.sentence);

    const held = wanted.claims.filter((claim) => claim.holds).length;
    const all = held === wanted.claims.length && wanted.invariants.every((invariant) => invariant.holds);
    const title = all ? `Claims ${held} ✓` : `Claims ${held} of ${wanted.claims.length}`;
    await open(page, title);
    const verdicts = await panel(page, title)
      .locator('.ledger')
      .first()
      .locator('li')
      .evaluateAll((lines) =>
        lines.map((line) => `${line.className}: ${line.querySelector('.claim-text').textContent}`),
      );
    expect(verdicts, words).toEqual(wanted.claims.map((claim) => `${claim.holds ? 'holds' : 'fails'}: ${claim.text}`));

    const said = await page
      .locator('table', { has: page.locator('caption', { hasText: 'Alerts' }) })
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((row) => row.children[2].textContent));
    expect(said, words).toEqual(wanted.messages.map((message) => message.text));
    await button(page, 'Reset all').click();
  }
  await expect.poll(() => counts(page)).toEqual(counted(run.totals));
  expect(complaints).toEqual([]);
});

test('leaves it paused, and nothing runs', async ({ page }) => {
  await page.addInitScript(() => {
    window.called = 0;
    const counting = (act) =>
      function counted(...given) {
        window.called += 1;
        return act.apply(this, given);
      };
    for (const name of ['requestAnimationFrame', 'requestIdleCallback', 'setTimeout', 'setInterval']) {
      const own = window[name].bind(window);
      window[name] = (act, ...rest) => own(counting(act), ...rest);
    }
  });
  const complaints = await opened(page);
  const called = () => page.evaluate(() => window.called);
  const atRest = async () => {
    await page.waitForTimeout(2_000);
    const before = await called();
    await page.waitForTimeout(1_000);
    return (await called()) - before;
  };
  // The tracks are painted first, one after the other; a painted one says what happens there. Then all finely.
  for (const track of await page.locator('.levers > .lever input[type="range"]').all()) {
    await expect(track).toHaveAttribute('aria-valuetext', /: customer support$/);
  }
  expect(await called()).toBeGreaterThan(0);
  await expect.poll(atRest, { timeout: 60_000 }).toBe(0);
  expect(await atRest()).toBe(0);

  const before = await called();
  await button(page, 'Play').click();
  await expect.poll(called).toBeGreaterThan(before + 5);
  await button(page, 'Pause').click();
  expect(await atRest()).toBe(0);

  // With everything open that lives.
  await button(page, 'Story').click();
  await button(page, 'Compare').click();
  await rival(page).selectOption({ label: 'cron every 5 min' });
  expect(await atRest()).toBe(0);
  await clickAt(page, 'customer support', TOLD);
  await searched(panel(page, 'Why'));
  expect(await atRest()).toBe(0);
  expect(complaints).toEqual([]);
});

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('undoes and redoes 200 edits of all kinds', async ({ page }) => {
  // Far more steps than any other.
  test.setTimeout(600_000);
  const complaints = await opened(page);
  const EDITS = 200;
  const random = seeded(20_261_127);
  const any = (list) => list[Math.floor(random() * list.length)];
  const state = async () => ({
    sentence: await summary(page).textContent(),
    marks: await counts(page),
    calls: await page.locator('path.hand').count(),
    levers: await page
      .locator('.levers input')
      .evaluateAll((inputs) => inputs.map((input) => (input.type === 'checkbox' ? input.checked : input.value))),
  });
  await unfold(page, 'Thresholds and tight intervals');

  const slide = async () => {
    const slider = lever(page, any(['traffic', 'cache_warm_up.effectiveness', 'scale_checkout_workers.effectiveness']));
    const now = await slider.inputValue();
    let value = now;
    while (value === now) value = String(Number((Math.floor(random() * 41) * 0.05).toFixed(2)));
    await slider.fill(value);
    return `slider to ${value}`;
  };
  const typed = async () => {
    const name = any(['cache_warm_up.delay', 'scale_checkout_workers.delay', 'support.patience', 'page.patience']);
    const field = page.locator('.lever', { has: lever(page, name) }).getByRole('textbox');
    const now = spanned(await field.inputValue());
    let seconds = now / SECOND;
    while (seconds === now / SECOND) seconds = Math.floor(random() * 120) * 10;
    await type(page, name, `${seconds}s`);
    return `${name} to ${seconds}s`;
  };
  const flipped = async () => {
    const name = any(['cache_warm_up.fails', 'scale_checkout_workers.fails']);
    await turn(page, name);
    return `${name} the other way`;
  };
  const called = async () => {
    await open(page, 'Planner');
    const cursor = page.getByRole('slider', { name: 'Cursor' });
    for (let steps = Math.floor(random() * 6); steps > 0; steps -= 1) {
      await cursor.press(any(['PageUp', 'PageDown', 'ArrowLeft']));
    }
    const [tool, fields] = any([
      ['run every so often', { every: '25s', 'valid for': '4min' }],
      ['run once', { in: '5s', 'valid for': '2min' }],
      ['pause', { 'for (empty: until woken)': '3min' }],
      ['wake', {}],
      ['clear hints', {}],
    ]);
    const endpoint = any(Object.keys(ENDPOINTS));
    await call(page, endpoint, tool, fields);
    await open(page, 'Levers');
    return `${tool} on ${endpoint}`;
  };

  const states = [await state()];
  const did = [];
  while (did.length < EDITS) {
    did.push(await any([slide, slide, typed, flipped, called, called])());
    states.push(await state());
  }
  for (let left = EDITS; left > 0; left -= 1) {
    await button(top(page), 'Undo').click();
    expect(await state(), `before ${did[left - 1]}`).toEqual(states[left - 1]);
  }
  await expect(button(top(page), 'Undo')).toBeDisabled();
  await expect(button(page, 'Reset all')).toBeDisabled();
  for (let done = 1; done <= EDITS; done += 1) {
    await button(top(page), 'Redo').click();
    expect(await state(), `after ${did[done - 1]}`).toEqual(states[done]);
  }
  await expect(button(top(page), 'Redo')).toBeDisabled();
  // The edits did something.
  expect(new Set(states.map((state) => JSON.stringify(state))).size).toBeGreaterThan(EDITS * 0.8);
  expect(complaints).toEqual([]);
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing in comparison, story, planner, report and reasons, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await opened(page);
    const clean = async (what) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`);
      expect.soft(found, what).toEqual([]);
    };

    await clickAt(page, 'customer support', TOLD);
    await searched(panel(page, 'Why'));
    await clean('why, with what would have changed it');

    await button(page, 'Compare').click();
    await rival(page).selectOption({ label: 'cron every 5 min' });
    await unfold(page, 'Lane by lane');
    await clean('comparison');
    await typed(panel(page, 'Compare').getByLabel('Any cron expression'), 'every day');
    await expect(panel(page, 'Compare').getByRole('alert')).not.toHaveText('');
    await clean('a cron expression that cannot be read');

    await open(page, 'Planner');
    await call(page, 'traffic monitor', 'run every so often', { every: '20s', 'valid for': '3min' });
    await call(page, 'scale workers', 'run once', { in: 'soon' });
    await expect(calls(page)).toContainText('Accepted.');
    await expect(panel(page, 'Planner').getByRole('alert')).not.toHaveText('');
    await clean('planner with a call and a fault');

    await open(page, /Claims/);
    for (const title of await page.locator('.report summary').allTextContents()) await unfold(page, title);
    await clean('report');

    await button(page, 'Story').click();
    await page.getByRole('region', { name: 'The story' }).getByRole('button', { name: /Chapter 6/ }).click();
    for (const hint of await page.locator('.questions summary').all()) await hint.click();
    await clean('the last chapter of the story');
  });
}

// --- places and scenarios ---

test('goes back to what they saw before, and forward again, but not through every step of a slider', async ({ page }) => {
  const complaints = await opened(page);
  const first = await summary(page).textContent();
  const before = await page.evaluate(() => history.length);
  const slider = lever(page, 'traffic');
  // In one breath, however slow the machine is: a slider that rests between its steps has been in two places.
  await slider.evaluate((element) => {
    for (const value of ['1.1', '1.2', '1.3', '1.4']) {
      element.value = value;
      element.dispatchEvent(new Event('input', { bubbles: true }));
    }
    element.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await expect(page).toHaveURL(/#v=1&l=/);
  await expect(slider).toHaveValue('1.4');
  const moved = await summary(page).textContent();
  expect(moved).not.toBe(first);
  expect(await page.evaluate(() => history.length)).toBe(before + 1);
  await open(page, 'Compare');
  await page.getByLabel('Compare with', { exact: true }).selectOption({ label: 'cron every 5 min' });
  await expect(page).toHaveURL(/&r=p/);
  await page.evaluate(() => history.back());
  await expect(page.locator('.terms')).not.toContainText('cron every 5 min');
  await expect(summary(page)).toHaveText(moved);
  await expect(async () => {
    if (await page.evaluate(() => location.hash === '' || history.back())) return;
    throw new Error('not there yet');
  }).toPass();
  await expect(summary(page)).toHaveText(first);
  await expect(slider).toHaveValue('1');
  await page.evaluate(() => history.forward());
  await expect(summary(page)).toHaveText(moved);
  // What the browser has done can be undone, too.
  await button(top(page), 'Undo').click();
  await expect(summary(page)).toHaveText(first);
  expect(complaints).toEqual([]);
});

test('finds what they saw after a reload', async ({ page }) => {
  const complaints = await opened(page);
  await lever(page, 'traffic').fill('1.5');
  await expect(page).toHaveURL(/#v=1&l=/);
  const said = await summary(page).textContent();
  await page.reload();
  await expect(page.locator('#opened')).toHaveText('The link: run again, it came to the same (reproduced).');
  await expect(summary(page)).toHaveText(said);
  expect(complaints).toEqual([]);
});

test('opens another scenario that ships, and comes back', async ({ page }) => {
  const complaints = await opened(page);
  await button(top(page), 'Flash sale').click();
  const dialog = page.getByRole('dialog', { name: 'Scenarios' });
  await dialog.getByRole('link', { name: 'Open A leak at night' }).click();
  await expect(summary(page)).toContainText('In 3 h of a leak at night it ran 35 checks');
  await expect(page.locator('.lane')).toHaveCount(6);
  await expect(page.locator('#opened')).toHaveText('');
  await expect(button(top(page), 'Story')).toBeHidden();
  await page.goBack();
  await expect(summary(page)).toContainText('In 40 min of flash sale');
  expect(complaints).toEqual([]);
});

test('changes the scenario, is told what is wrong with it, runs it, and sends it to another', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const complaints = await opened(page);
  await lever(page, 'traffic').fill('1.5');
  await button(top(page), 'Flash sale').click();
  const dialog = page.getByRole('dialog', { name: 'Scenarios' });
  const text = dialog.getByLabel('The scenario’s text');
  const run = dialog.getByRole('button', { name: 'Run it' });
  await expect(run).toBeDisabled();
  const shipped = await text.inputValue();
  await text.fill(shipped.replace('on = "traffic > spike.on"', 'on = "trafic > spike.on"'));
  const fault = dialog.getByRole('button', { name: /^Line \d+: unknown name `trafic`|^Line \d+: .*trafic/ }).first();
  await expect(fault).toContainText('did you mean `traffic`?');
  await expect(run).toBeDisabled();
  await fault.click();
  expect(await text.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd))).toBe('trafic');
  // A draft outlasts the dialog and the page.
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(page.locator('#opened')).toHaveText('The link: run again, it came to the same (reproduced).');
  await button(top(page), 'Flash sale').click();
  await expect(dialog).toContainText('Your draft, kept in this tab');
  await dialog.getByRole('button', { name: 'Open it' }).click();
  await expect(dialog).toContainText('Your draft, not run yet');
  expect(await text.inputValue()).toContain('trafic >');
  await text.fill(shipped.replace('title = "Flash sale"', 'title = "Our sale"').replaceAll('script = 6000', 'script = 1500'));
  const { violations } = await new AxeBuilder({ page }).include('dialog.sheet').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0].html])).toEqual([]);
  await expect(run).toBeEnabled();
  await run.click();
  await expect(button(top(page), 'Our sale, changed')).toBeVisible();
  await expect(summary(page)).toContainText('In 40 min of our sale');
  // Levers are kept.
  await expect(lever(page, 'traffic')).toHaveValue('1.5');
  await button(top(page), 'Share').click();
  const share = page.getByRole('dialog', { name: 'Share what you see' });
  await expect(share.getByRole('button', { name: 'Scenario (TOML)' })).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link.length - link.indexOf('#')).toBeLessThan(500);
  const said = await summary(page).textContent();
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.locator('#opened')).toHaveText('The link: run again, it came to the same (reproduced); its scenario, with its title, words and claims, was written by whoever made the link.');
  await expect(summary(other)).toHaveText(said);
  const { stderr } = await commandLine(['--open', link, '--format', 'csv']);
  expect(stderr).toBe('the link: its scenario, with its title, words and claims, was written by whoever made the link\nthe link: reproduced\n');
  // Back leads to the scenario that was there before.
  await page.keyboard.press('Escape');
  await expect(async () => {
    await page.goBack();
    await expect(button(top(page), 'Flash sale')).toBeVisible({ timeout: 3_000 });
  }).toPass();
  expect(complaints).toEqual([]);
});

test('opens a chapter by its address', async ({ page }) => {
  await page.goto('#story=strain');
  await expect(page.locator('.story')).toContainText('Pages get slow while the crowd is there');
  await expect(clock(page)).toHaveText('9:30');
});

test('is told when a part of the page cannot be loaded, and tries again', async ({ page }) => {
  await opened(page);
  await page.route('**/parts/*', (route) => route.abort());
  await button(top(page), 'Flash sale').click();
  await expect(page.locator('#opened')).toContainText('could not be loaded');
  await page.unroute('**/parts/*');
  await expect(async () => {
    await button(top(page), 'Flash sale').click({ timeout: 2_000 });
    await expect(page.getByRole('dialog', { name: 'Scenarios' })).toBeVisible({ timeout: 2_000 });
  }).toPass();
});

test('opens a link whose scenario is damaged, and sees the one that ships', async ({ page }) => {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto('#v=1&s=AAAA~1.2.3~zzz&l=JGr:2&x=1.AAAAAA&k=AAA');
  await expect(page.locator('#opened')).toContainText('what its scenario was made from is not known here');
  await expect(page.locator('#opened')).toContainText('its own scenario could not be read');
  await expect(summary(page)).toContainText('checkout was seen broken at 5:00');
  expect(complaints).toEqual([]);
});
