// How the page looks in six states. `make looks` takes the pictures anew.
import { expect, test } from '@playwright/test';

import { clickAt, lane, opened } from './opened.mjs';

test.describe.configure({ timeout: 120_000 });
test.use({ actionTimeout: 30_000 });

/** So many pixels, as a share, may differ: letters are smoothed in another way by another browser. */
const SHARE = 0.002;

/** Until nothing is loaded, painted or worked out any more. */
async function still(page) {
  await page.evaluate(() => document.fonts.ready);
  const painted = () =>
    page.evaluate(() => {
      const open = document.querySelector('#panel-Levers:not([hidden])');
      if (!open) return true;
      const tracks = [...open.querySelectorAll('.slider .track')].filter((track) => track.getClientRects().length);
      return tracks.every((track) => [...track.querySelectorAll('path:not(.empty)')].some((path) => path.getAttribute('d')));
    });
  await expect.poll(painted, { timeout: 60_000 }).toBe(true);
  await page.evaluate(() => document.activeElement?.blur());
  await page.mouse.move(0, 0);
}

async function looks(page, name) {
  await still(page);
  await expect(page).toHaveScreenshot(`${name}.png`, { maxDiffPixelRatio: SHARE, timeout: 30_000 });
}

test.use({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', deviceScaleFactor: 1 });

test('at rest, light', async ({ page }) => {
  await opened(page);
  await looks(page, 'light');
});

test('at rest, dark', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await opened(page);
  await looks(page, 'dark');
});

test('with an explanation', async ({ page }) => {
  await opened(page);
  await clickAt(page, 'customer support', (20 * 60 + 5) * 1_000);
  await expect(page.locator('.flip-status')).toContainText(/all \d+ numbers tried/, { timeout: 60_000 });
  await looks(page, 'why');
});

test('beside cron', async ({ page }) => {
  await opened(page);
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.getByLabel('Compare with', { exact: true }).selectOption({ label: 'cron every 5 min' });
  await expect(lane(page, 'traffic monitor').locator('path.ghost')).toHaveAttribute('d', /M/);
  await looks(page, 'compare');
});

test('with the story', async ({ page }) => {
  await opened(page);
  await page.getByRole('button', { name: 'Story', exact: true }).click();
  await page.getByRole('button', { name: /^Chapter 4/ }).click();
  await expect(page.locator('.clock')).toHaveText('20:05');
  await looks(page, 'story');
});

test('on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await opened(page);
  await looks(page, 'phone');
});
