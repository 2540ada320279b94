// What a user does with the page, and that it shows what the command line prints.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

import { clickAt, clock, END, ENDPOINTS, lane, lever, marks, opened, run, summary, typed } from './opened.mjs';

// What is asked here is whether something happens, not how fast.
test.describe.configure({ timeout: 120_000 });

test('the marks of the lanes are the runs of the trace', async ({ page }) => {
  const complaints = await opened(page);
  const width = (await lane(page, 'traffic monitor').locator('.plot').boundingBox()).width;
  let drawn = 0;
  for (const [name, endpoint] of Object.entries(ENDPOINTS)) {
    const starts = run.runs.filter((r) => r.endpoint === endpoint).map((r) => r.start_ms);
    const shown = await marks(lane(page, name));
    expect(shown.length, name).toBe(starts.length);
    // Positions are drawn to a tenth of a pixel.
    starts.forEach((start, index) => expect(Math.abs(shown[index] - start), name).toBeLessThan((0.2 / width) * END));
    drawn += shown.length;
  }
  expect(drawn).toBe(run.totals.runs);
  expect(complaints).toEqual([]);
});

test('it opens paused, with the cursor on the last message', async ({ page }) => {
  await opened(page);
  await expect(clock(page)).toHaveText('20:05');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await page.waitForTimeout(300);
  await expect(clock(page)).toHaveText('20:05');
});

test('traffic at 2 makes checkout break and the sentence says so', async ({ page }) => {
  await opened(page);
  await expect(summary(page)).toContainText('woke nobody');
  await lever(page, 'traffic').fill('2');
  await expect(summary(page)).toContainText('checkout was seen broken at 5:00');
  await expect(summary(page)).toContainText('woke an engineer at 6:40');
  await expect(page.getByRole('tab', { name: /Claims \d+ of 20/ })).toBeVisible();
  await page.getByRole('banner').getByRole('button', { name: 'Undo' }).click();
  await expect(summary(page)).toContainText('woke nobody');
  await page.getByRole('banner').getByRole('button', { name: 'Redo' }).click();
  await expect(summary(page)).toContainText('woke an engineer');
  await page.getByRole('button', { name: 'Reset all' }).click();
  await expect(summary(page)).toContainText('woke nobody');
});

test('a typed value is read like everywhere else, and a wrong one is told', async ({ page }) => {
  await opened(page);
  const field = page.getByLabel('Scale workers delay, value');
  await typed(field, '1min');
  await expect(summary(page)).not.toContainText('customer support');
  await typed(field, 'soon');
  await expect(page.getByText('cannot be `soon`: write a duration')).toBeVisible();
  await expect(summary(page)).not.toContainText('customer support');
});

test('playback moves the cursor, pauses, and stops at the end', async ({ page }) => {
  await opened(page);
  const at = async () => {
    const [minutes, seconds] = (await clock(page).textContent()).split(':').map(Number);
    return minutes * 60 + seconds;
  };
  // Nobody has looked for a moment yet, so it begins at the beginning, with what is to come veiled.
  const opening = await at();
  const veil = page.locator('.veil');
  await expect(veil).toBeHidden();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(veil).toBeVisible();
  expect(await at()).toBeLessThan(opening);
  await page.getByRole('button', { name: 'Pause' }).click();
  const before = await at();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(at).toBeGreaterThan(before + 20);
  await page.getByRole('button', { name: 'Pause' }).click();
  const paused = await at();
  await page.waitForTimeout(250);
  expect(await at()).toBe(paused);
  const speed = page.getByLabel('Speed');
  await expect(speed).toHaveAttribute('aria-valuetext', '60×');
  await speed.fill('100');
  await expect(speed).toHaveAttribute('aria-valuetext', '240×');
  await expect(page.locator('.speed output')).toHaveText('240×');
  await page.getByRole('slider', { name: 'Cursor' }).press('End');
  await page.getByRole('slider', { name: 'Cursor' }).press('PageDown');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(clock(page)).toHaveText('40:00');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
});

test('steps go from decision to decision', async ({ page }) => {
  await opened(page);
  const starts = [...new Set(run.runs.map((r) => r.start_ms))];
  const shown = (ms) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1_000) % 60).padStart(2, '0')}`;
  const here = starts.indexOf(20 * 60_000 + 5_000);
  await page.getByRole('button', { name: 'Next decision' }).click();
  await expect(clock(page)).toHaveText(shown(starts[here + 1]));
  await page.getByRole('button', { name: 'Previous decision' }).click();
  await page.getByRole('button', { name: 'Previous decision' }).click();
  await expect(clock(page)).toHaveText(shown(starts[here - 1]));
});

test('a click on a run explains it, and its steps lead to their moments', async ({ page }) => {
  await opened(page);
  await clickAt(page, 'customer support', 20 * 60_000 + 5_000);
  const why = page.getByRole('tabpanel', { name: 'Why' });
  await expect(why).toContainText('customer support ran at 20:05: the incident is 15 min old');
  await expect(why).toContainText('from here on “tell customer support” holds: the incident is 15 min old');
  await expect(why).toContainText('governor: one-shot 20:05 is the only candidate');
  await expect(page.locator('.curve .cause')).toHaveCount(1);
  await why.getByRole('button', { name: /traffic monitor saw/ }).click();
  await expect(clock(page)).toHaveText('20:00');
  await expect(why).toContainText('traffic monitor ran at 20:00');
});

test('a click beside all runs explains why nothing ran', async ({ page }) => {
  await opened(page);
  await clickAt(page, 'on-call page', 15 * 60_000);
  const why = page.getByRole('tabpanel', { name: 'Why' });
  await expect(why).toContainText('on-call page did not run at');
  await expect(why).toContainText('was held back: it needed “recovery was in vain” (not once so far)');
});

test('the diagram follows the cursor', async ({ page }) => {
  await opened(page);
  const node = (name) => page.locator('.node', { hasText: name });
  await expect(node('customer support')).toContainText('sent just now');
  await expect(node('on-call page')).toContainText('held back');
  await expect(node('traffic monitor')).toContainText('every 30 s');
  await page.getByRole('slider', { name: 'Cursor' }).press('Home');
  await expect(node('customer support')).toContainText('asleep');
  await expect(node('traffic monitor')).toContainText('every 5 min');
});

test('a claim leads to the moment that proves it', async ({ page }) => {
  await opened(page);
  await page.getByRole('tab', { name: /Claims/ }).click();
  const panel = page.getByRole('tabpanel', { name: /Claims/ });
  const looked = run.invariants.filter((invariant) => invariant.checked > 0);
  await expect(panel.locator('li.holds')).toHaveCount(run.claims.length + looked.length);
  await expect(panel.locator('li.open')).toHaveCount(run.invariants.length - looked.length);
  for (const claim of run.claims) await expect(panel).toContainText(claim.text);
  await panel.getByRole('button', { name: /Checkout workers are scaled/ }).click();
  await expect(clock(page)).toHaveText('13:20');
});

test('the charts move the cursor, and the keyboard walks and looks closer', async ({ page }) => {
  await opened(page);
  const plot = page.locator('.metric .plot').first();
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width / 4, box.y + 10);
  await page.mouse.down();
  await expect(clock(page)).toHaveText('10:00');
  await page.mouse.move(box.x + box.width / 2, box.y + 10);
  await page.mouse.up();
  await expect(clock(page)).toHaveText('20:00');

  const lanes = page.getByRole('application');
  await lanes.focus();
  await lanes.press('ArrowDown');
  await expect(page.locator('.lane.selected')).toContainText('traffic monitor');
  await lanes.press('ArrowRight');
  await expect(clock(page)).toHaveText('20:30');
  await lanes.press('ArrowUp');
  await expect(page.locator('.lane.selected')).toContainText('order processor');

  const ticks = page.locator('.tick');
  const before = await ticks.allTextContents();
  await lanes.press('w');
  await expect.poll(() => ticks.allTextContents()).not.toEqual(before);
  await lanes.press('0');
  await expect.poll(() => ticks.allTextContents()).toEqual(before);
  await lanes.press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('locked, cursor and view stay where they are', async ({ page }) => {
  await opened(page);
  const lock = page.getByRole('button', { name: 'Lock', exact: true });
  await lock.click();
  await expect(lock).toHaveAttribute('aria-pressed', 'true');
  const cursor = page.getByRole('slider', { name: 'Cursor' });
  await cursor.press('Home');
  await expect(page.getByRole('button', { name: 'Closer' })).toBeDisabled();
  await cursor.press('w');
  await expect(clock(page)).toHaveText('20:05');
  await expect(page.locator('.scrubber .window')).toHaveAttribute('style', /width: 100%/);
  await lock.click();
  await cursor.press('Home');
  await expect(clock(page)).toHaveText('0:00');
});

test('cause and effect are a key apart', async ({ page }) => {
  await opened(page);
  await clickAt(page, 'cache warm-up', 9 * 60_000 + 5_000);
  await page.getByRole('application').press('[');
  await expect(page.locator('.lane.selected')).toContainText('page analyzer');
  await expect(clock(page)).toHaveText('9:00');
  await page.getByRole('application').press(']');
  await expect(page.locator('.lane.selected')).not.toContainText('page analyzer');
});

test('light and dark are chosen, kept, and follow the system otherwise', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await opened(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await ground()).toBe('rgb(15, 20, 25)');
  await page.getByRole('button', { name: 'Theme: system' }).click();
  expect(await ground()).toBe('rgb(255, 255, 255)');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Theme: light' })).toBeVisible();
  expect(await ground()).toBe('rgb(255, 255, 255)');
});

test('help opens and closes', async ({ page }) => {
  await opened(page);
  await page.getByRole('button', { name: 'Help' }).click();
  await expect(page.getByRole('heading', { name: 'How to read this page' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'How to read this page' })).toBeHidden();
});

for (const [width, height] of [
  [1440, 900],
  [1024, 768],
  [390, 844],
  [320, 640],
]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`nothing scrolls sideways and axe finds nothing at ${width}, ${colorScheme}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await opened(page);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(over).toBeLessThanOrEqual(0);
      for (const tab of ['Levers', 'Why', 'Claims']) {
        await page.getByRole('tab', { name: new RegExp(tab) }).click();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`)).toEqual([]);
      }
    });
  }
}
