// What takes long, or ends what it is given to: links, scenarios and drafts of others must not hold the page.
import { expect as patient, test } from '@playwright/test';

import { FILES } from '../strangers/attacks.mjs';
import { CHECKS, DEAR, linkTo } from './dear.mjs';
import { lever, opened, retyped, summary } from './opened.mjs';

// What is asked here is whether something happens, not how fast.
test.describe.configure({ timeout: 240_000 });
test.use({ actionTimeout: 60_000 });
const expect = patient.configure({ timeout: 60_000 });

const UNRUN = DEAR.replaceAll('every = "1min"', 'every = "10ms"\nmax = "10ms"').replaceAll('min = "1s"', 'min = "0ms"');

/** The dialog with the scenario's text, its field, and what is said of it. */
async function editor(page) {
  await page.locator('button.scenario').click();
  const dialog = page.getByRole('dialog', { name: 'Scenarios' });
  await expect(dialog).toBeVisible();
  return { dialog, text: dialog.getByLabel('The scenario’s text'), run: dialog.getByRole('button', { name: 'Run it' }), told: dialog.locator('section[aria-label="Text"] > p[role="status"]') };
}

/** Puts a text in at once, as pasting does. */
const pasted = (text, words) => text.evaluate((area, words) => {
  area.value = words;
  area.dispatchEvent(new Event('input', { bubbles: true }));
}, words);

test('a link to a run that takes long opens; a lever says how far it is, and Stop keeps what is shown', async ({ page }) => {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(await linkTo(DEAR));
  await expect(page.locator('.playback')).toBeVisible();
  await expect(summary(page)).toContainText(`${CHECKS} checks`);
  await expect(page.locator('#opened')).toContainText('reproduced');
  const said = await summary(page).textContent();
  const [going, bar] = await page.evaluate(async () => {
    const input = document.querySelector('[data-parameter]');
    const before = input.value;
    input.value = input.max;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
    const strip = () => document.querySelector('.page .busy:not([hidden])');
    while (!strip()) await new Promise(requestAnimationFrame);
    const words = strip().textContent;
    strip().querySelector('button').click();
    await new Promise((done) => setTimeout(done));
    return [words, [input.value === before, strip() === null]];
  });
  expect(going).toMatch(/^Simulating: \d+ %/);
  expect(bar).toEqual([true, true]);
  await expect(summary(page)).toHaveText(said);
  expect(complaints).toEqual([]);
});

test('a run that is too long is refused in words, and what is shown stays', async ({ page }) => {
  const complaints = await opened(page);
  const { dialog, text, run, told } = await editor(page);
  await text.fill(UNRUN);
  await expect(told).toHaveText('It cannot be run as it is.');
  await expect(dialog).toContainText('may have at most 250,000 starts');
  await expect(run).toBeDisabled();
  await page.keyboard.press('Escape');
  await expect(summary(page)).toContainText('113 checks');
  expect(complaints).toEqual([]);
});

test('a link to a scenario that cannot be run says so, and shows another', async ({ page }) => {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  // The command line makes no link to what cannot be run.
  const link = (await linkTo(DEAR)).replace(/&x=[^&]*|&k=[^&]*/g, '');
  await page.goto(link);
  await expect(summary(page)).toContainText(`${CHECKS} checks`);
  const { text, run } = await editor(page);
  const made = await page.evaluate(async ([shown, unrun]) => {
    const { ask } = await import('./parts/ask.js');
    const source = /[#&]s=([^&]*)/.exec(shown)[1];
    const { bytes } = await ask('', { kind: 'open', fragment: '', source });
    return (await ask('', { kind: 'carried', view: { bytes, source }, text: unrun })).link;
  }, [link, UNRUN]);
  await expect(run).toBeDisabled();
  await expect(text).toBeVisible();
  await page.goto('about:blank');
  await page.goto(`#${made}`);
  await expect(page.locator('#opened')).toContainText('its scenario cannot be run');
  await expect(summary(page)).toContainText('113 checks');
  expect(complaints).toEqual([]);
});

test('a check can be stopped, and another is made', async ({ page }) => {
  await page.route('**/embed/accelerando_bg.wasm', () => {});
  const complaints = await opened(page);
  await page.locator('button.scenario').click();
  await page.locator('.busy', { hasText: 'Opening the scenarios' }).getByRole('button', { name: 'Stop' }).click();
  const dialog = page.getByRole('dialog', { name: 'Scenarios' });
  await expect(dialog).toContainText('You stopped this.');
  await page.unrouteAll();
  await page.keyboard.press('Escape');
  const { text, told } = await editor(page);
  await retyped(text, 'accelerando = 2');
  await expect(told).toContainText('fault');
  expect(complaints).toEqual([]);
});

test('a draft is kept once it was checked, and can be thrown away unread', async ({ page }) => {
  const complaints = await opened(page);
  const { dialog, text, told } = await editor(page);
  const shipped = await text.inputValue();
  await pasted(text, 'accelerando = 2\n');
  await expect(told).toContainText('fault');
  await page.reload();
  await page.locator('button.scenario').click();
  await expect(dialog).toContainText('Your draft, kept in this tab');
  await expect(dialog).toContainText('2 lines, not run yet.');
  await expect(text).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Discard it' }).click();
  await expect(text).toHaveValue(shipped);
  await page.reload();
  await page.locator('button.scenario').click();
  await expect(text).toHaveValue(shipped);
  expect(complaints).toEqual([]);
});

test('whatever is pasted as a scenario is answered, and the page works on', async ({ page }) => {
  const complaints = await opened(page);
  const { dialog, text, told } = await editor(page);
  const texts = Object.entries(FILES).filter(([, words]) => typeof words === 'string' && words.length <= 1 << 20);
  for (const [name, words] of texts) {
    await pasted(text, '');
    await expect(told, name).toContainText('fault');
    await pasted(text, words);
    await expect(told, name).toHaveText(/^(One fault|\d+ faults); choose|^It can(not)? be run|^It was not checked/);
    expect(await dialog.locator('.faults li').count(), name).toBeLessThanOrEqual(21);
  }
  await page.keyboard.press('Escape');
  await lever(page, 'traffic').fill('2');
  await expect(summary(page)).toContainText('woke an engineer at 6:40');
  expect(complaints).toEqual([]);
});
