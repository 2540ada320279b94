// The example with real timers and a real server, twenty times as fast. Nothing here asks how long anything took.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shop, watch } from '../../examples/live.mjs';
import { S } from './loaded.mjs';

test('a live scheduler tightens, relaxes and backs off as the shop answers', async () => {
  const told = [];
  const { url, close } = await shop([0, 25, 40, 4, null, null, 0]);
  await watch(url, { checks: 8, speed: 20, tell: (one) => told.push(one) });
  close();
  assert.deepEqual(told.map((one) => one.queue), [0, 25, 40, 4, null, null, 0, 0]);
  assert.deepEqual(
    told.map((one) => one.cause.source),
    ['baseline', 'baseline', 'interval_hint', 'interval_hint', 'baseline', 'baseline', 'baseline', 'baseline'],
  );
  assert.equal(told[1].next.reason, '25 orders queue up');
  assert.equal(told[1].next.expiresAtMs - told[1].next.decidedAtMs, 60 * S);
  // However late a timer is, nothing starts before it is planned, and failures lengthen the plan.
  const gaps = told.map((one) => one.next.atMs - one.next.anchorMs);
  for (const [index, least] of [6, 2, 2, 6, 12, 24, 6, 6].entries()) assert.ok(gaps[index] >= least * S, `${index}: ${gaps}`);
  for (const [before, { cause }] of told.slice(1).entries()) {
    assert.equal(cause.atMs >= told[before].next.atMs, true);
  }
});
