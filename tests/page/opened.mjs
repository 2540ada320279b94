// What all tests of the page share: how it is opened, and how it is read.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { expect } from '@playwright/test';

/** The run at the defaults, as the command line prints it. */
export const run = JSON.parse(readFileSync(new URL('../../test-results/flash-sale.json', import.meta.url), 'utf8'));
/** How long it takes, in milliseconds. */
export const END = 40 * 60_000;
/** The lanes' names, and what the command line calls them. */
export const ENDPOINTS = {
  'traffic monitor': 'traffic_monitor',
  'order processor': 'order_processor_health',
  'inventory sync': 'inventory_sync_check',
  'page analyzer': 'slow_page_analyzer',
  'database trace': 'database_query_trace',
  'cache warm-up': 'cache_warm_up',
  'scale workers': 'scale_checkout_workers',
  operations: 'slack_operations',
  'customer support': 'slack_customer_support',
  'on-call page': 'emergency_oncall_page',
};

/** What the command line prints. */
export function commandLine(args) {
  const root = new URL('../../', import.meta.url).pathname;
  const built = `${root}target/debug/accelerando-app`;
  const [command, first] = existsSync(built) ? [built, []] : ['cargo', ['run', '--quiet', '--']];
  return promisify(execFile)(command, [...first, ...args], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
}

/** The page, ready; whatever it complains about is a failure. */
export async function opened(page) {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto('');
  // The picture before it has no playback.
  await expect(page.locator('.playback')).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('.lane')).toHaveCount(10);
  return complaints;
}

export const summary = (page) => page.locator('h1.summary');
/** Where it stands what is said to those who do not see the page. */
export const voice = (page) => page.locator('p[role="status"]');
export const clock = (page) => page.locator('.clock');
export const lever = (page, name) => page.locator(`input[data-parameter="${name}"]`);
export const lane = (page, name) => page.locator('.lane', { has: page.getByText(name, { exact: true }) });

/** The start times of a lane's marks, read from what is drawn. */
export async function marks(locator) {
  return locator.evaluate((element, end) => {
    const width = element.querySelector('.plot').getBoundingClientRect().width;
    return [...element.querySelectorAll('path.mark')]
      .flatMap((path) => [...path.getAttribute('d').matchAll(/M(-?[\d.]+) /g)])
      .map(([, x]) => (Number(x) / width) * end)
      .sort((a, b) => a - b);
  }, END);
}

/** Where a moment of the run lies on a lane's plot. */
export async function placeOf(page, name, ms) {
  const plot = lane(page, name).locator('.plot');
  const box = await plot.boundingBox();
  return { plot, position: { x: (ms / END) * box.width, y: box.height / 2 } };
}

/** Clicks a lane at a moment of the run. */
export async function clickAt(page, name, ms) {
  const { plot, position } = await placeOf(page, name, ms);
  await plot.click({ position });
}

/** Types into a field in place of what is there, as people do. */
export async function retyped(field, text) {
  await field.focus();
  await field.press('ControlOrMeta+a');
  await field.press('Delete');
  await field.pressSequentially(text);
}

/** The same, and presses Enter. */
export async function typed(field, text) {
  await retyped(field, text);
  await field.press('Enter');
}
