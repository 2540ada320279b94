// What stands in the page before the simulation is there, and what remains where it cannot run.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

async function isThere(page) {
  await expect(page.getByRole('heading', { level: 1 })).toContainText('113 checks');
  await expect(page.locator('.lane')).toHaveCount(10);
  await expect(page.getByRole('table', { name: /Claims: 20 of 20 hold/ }).getByRole('row')).toHaveCount(21);
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('the picture, the sentence and the claims are there, with a plain notice', async ({ page }) => {
    await page.goto('/');
    await isThere(page);
    await expect(page.locator('noscript p')).toBeVisible();
    await expect(page.locator('noscript p')).toContainText('This is a picture of the run at its defaults.');
    await expect(page.getByRole('button', { name: 'Try again' })).toBeHidden();
  });
});

test('where WebAssembly cannot be loaded, the picture remains, with a sentence and a way to try again', async ({ page }) => {
  await page.route('**/*.wasm', (route) => route.abort());
  await page.goto('/');
  await expect(page.getByRole('status')).toContainText('The simulation could not be loaded');
  await isThere(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
  await page.unroute('**/*.wasm');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
});

for (const [width, height] of [[1440, 900], [390, 844]]) {
  test(`nothing shifts when the live page takes over at ${width}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.addInitScript(() => {
      window.shifted = 0;
      const add = (list) => list.getEntries().forEach((entry) => (window.shifted += entry.value));
      new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto('/');
    await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
    await page.waitForTimeout(500);
    expect(await page.evaluate(() => window.shifted)).toBeLessThanOrEqual(0.02);
  });
}

test('a link to the page has a title, words and a picture', async ({ page, request }) => {
  await page.goto('.');
  const named = (name) => page.locator(`meta[property="${name}"]`).getAttribute('content');
  expect(await named('og:title')).toContain('Accelerando');
  expect((await named('og:description')).length).toBeGreaterThan(40);
  const picture = await request.get(new URL(await named('og:image'), page.url()).href);
  expect(picture.ok()).toBe(true);
  expect(picture.headers()['content-type']).toBe('image/png');
});
