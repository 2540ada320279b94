// Documentation sites with live views, as `make guide` builds them: the project's own guide, and one made with VitePress.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

const built = (name) => fileURLToPath(new URL(`../../target/${name}/`, import.meta.url));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.json': 'application/json' };
const CHAPTERS = ['fixed', 'pace', 'tiers', 'governor', 'acting', 'telling', 'checking'];

/** A built site, at an address of its own. Whatever fails, or is looked for elsewhere, is a complaint. */
async function site(page, name) {
  const root = built(name);
  expect(existsSync(root), `${root} is missing: run make guide first`).toBe(true);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.route('**/*', (route) => {
    const address = new URL(route.request().url());
    const file = join(root, decodeURIComponent(address.pathname));
    const found = [file, join(file, 'index.html'), `${file}.html`].find((each) => existsSync(each) && statSync(each).isFile());
    if (address.host !== 'site.test' || !found) {
      complaints.push(`asked for ${address}`);
      return route.fulfill({ status: 404 });
    }
    return route.fulfill({ body: readFileSync(found), contentType: TYPES[extname(found)] ?? 'application/octet-stream' });
  });
  return complaints;
}

const live = (page) =>
  expect.poll(() => page.evaluate(() => document.querySelector('accelerando-view')?.run != null), { timeout: 15_000 }).toBe(true);
const sentence = (page) => page.locator('accelerando-view .summary');

test('every chapter of the guide holds a live view, words that light up and numbers that are sliders', async ({ page }) => {
  test.setTimeout(90_000);
  const complaints = await site(page, 'guide');
  let words = 0;
  for (const chapter of CHAPTERS) {
    await page.goto(`http://site.test/${chapter}.html`);
    await page.locator('accelerando-view').scrollIntoViewIfNeeded();
    await live(page);
    await expect(page.locator('accelerando-view .told')).toHaveText('');
    for (const word of await page.locator('accelerando-word').all()) {
      await word.hover();
      await expect(page.locator('accelerando-view .lit').first(), `${chapter}: ${await word.textContent()}`).toBeAttached();
      words += 1;
    }
    await page.mouse.move(0, 0);
    for (const number of await page.locator('accelerando-number').all()) {
      const slider = number.getByRole('slider');
      const [told, before] = [await slider.getAttribute('aria-valuenow'), await slider.textContent()];
      expect(before, chapter).toBe((await number.evaluate((element) => element.textContent)).trim());
      await slider.press('PageUp');
      await expect(slider).not.toHaveAttribute('aria-valuenow', told);
      await slider.press('PageDown');
    }
  }
  expect(words).toBeGreaterThan(5);
  expect(complaints).toEqual([]);
});

test('a number in the guide’s prose runs the sale again', async ({ page }) => {
  await site(page, 'guide');
  await page.goto('http://site.test/fixed.html');
  await live(page);
  await expect(sentence(page)).toContainText('113 checks');
  await page.getByRole('slider', { name: /traffic/ }).first().press('Home');
  await expect(sentence(page)).toContainText('26 checks');
});

test('views in the guide follow the book’s theme; axe finds nothing in them', async ({ page }) => {
  await site(page, 'guide');
  await page.goto('http://site.test/tiers.html');
  await live(page);
  const ground = () => page.locator('accelerando-view').evaluate((view) => getComputedStyle(view).backgroundColor);
  for (const [theme, colour] of [['light', 'rgb(255, 255, 255)'], ['navy', 'rgb(15, 20, 25)'], ['coal', 'rgb(15, 20, 25)'], ['rust', 'rgb(255, 255, 255)']]) {
    const list = page.locator('#mdbook-theme-list');
    if (!(await list.isVisible())) await page.locator('#mdbook-theme-toggle').click();
    await list.locator(`#mdbook-theme-${theme}`).click();
    await expect.poll(ground, theme).toBe(colour);
    const { violations } = await new AxeBuilder({ page }).include('accelerando-view').analyze();
    expect(violations.map(({ id, nodes }) => [theme, id, nodes[0].html])).toEqual([]);
  }
});

test('a page made with VitePress holds a live view, with its words and numbers', async ({ page }) => {
  const complaints = await site(page, 'vitepress');
  expect(readdirSync(built('vitepress'))).toContain('embed');
  await page.goto('http://site.test/');
  await live(page);
  await page.locator('accelerando-word').hover();
  await expect(page.locator('accelerando-view .lane.lit')).toContainText('traffic monitor');
  const number = page.getByRole('slider', { name: /every so often|interval|traffic/i }).first();
  await number.press('Home');
  await expect(sentence(page)).not.toContainText('113 checks');
  // Its switch between light and dark is the view's, too.
  const ground = () => page.locator('accelerando-view').evaluate((view) => getComputedStyle(view).backgroundColor);
  const before = await ground();
  await page.getByRole('switch').first().click();
  await expect.poll(ground).not.toBe(before);
  expect(complaints.filter((complaint) => !complaint.includes('favicon'))).toEqual([]);
});

test('a page in plain HTML holds a live view with a caption', async ({ page }) => {
  const complaints = await site(page, 'plain');
  await page.goto('http://site.test/');
  await live(page);
  await expect(page.getByText('simulated in this page')).toBeVisible();
  await page.getByRole('slider', { name: /traffic/ }).first().press('Home');
  await expect(sentence(page)).toContainText('26 checks');
  expect(complaints.filter((complaint) => !complaint.includes('favicon') && !complaint.includes('404'))).toEqual([]);
});
