// Planners of somebody's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compare, Context, explain, exportAs, MIN, S, simulate, thrown } from './loaded.mjs';

const quick = (seen) => seen.metrics.traffic > 3_000;

test('a planner that does nothing leaves the endpoints to their own schedules, and rules only watch', () => {
  const run = simulate('flash-sale', { planner() {} });
  assert.ok(run.runs.every((one) => one.source === 'baseline'));
  assert.deepEqual([run.messages.length, run.recoveries.length], [0, 0]);
  assert.equal(run.planner_fault, undefined);
  assert.ok(run.invariants.every((invariant) => invariant.holds));
});

test('beside the rules, a planner that does nothing changes nothing', () => {
  const run = simulate('flash-sale', { planner() {}, rules: 'act' });
  assert.deepEqual(run.runs, simulate('flash-sale').runs);
});

test('it is asked after each run that observes, with what was observed, the incident and the rules', () => {
  const asked = [];
  const run = simulate('flash-sale', {
    rules: 'act',
    planner(c) {
      asked.push({ at: c.nowMs, endpoint: c.endpoint, observed: c.observed, incident: c.incident, spike: c.rules.spike });
    },
  });
  const checks = run.runs.filter((one) => !/warm_up|scale|slack|page$/.test(one.endpoint));
  assert.deepEqual(asked.map((a) => [a.at, a.endpoint]), checks.map((one) => [one.end_ms, one.endpoint]));
  const surge = asked.find((a) => a.endpoint === 'traffic_monitor' && a.at === 5 * MIN);
  assert.deepEqual(surge.observed.traffic, 5_000);
  assert.deepEqual([surge.incident, surge.spike], [{ openedAtMs: 5 * MIN }, true]);
  assert.deepEqual([asked[0].incident, asked[0].spike], [null, false]);
});

test('its calls are answered as by the live scheduler, and come out in the run', () => {
  const answers = [];
  const run = simulate('flash-sale', {
    planner(c) {
      if (c.endpoint !== 'traffic_monitor' || !quick(c)) return;
      answers.push(c.proposeInterval('traffic_monitor', { everyMs: 30 * S, ttlMs: 90 * S, reason: 'many visitors' }));
      c.pauseUntil('slack_operations', null);
      answers.push(c.proposeNextTime('slack_operations', { inMs: 5 * S, ttlMs: MIN, reason: 'told' }));
      answers.push(c.pauseUntil('inventory_sync_check', { forever: true }, 'not now'));
      answers.push(c.clearHints('order_processor_health'));
      answers.push(c.proposeInterval('nobody', { everyMs: S, ttlMs: S }));
    },
  });
  const [tighter, once, asleep, cleared, unknown, , again] = answers;
  assert.equal(tighter.accepted, true);
  assert.equal(tighter.decision.atMs, 5 * MIN + 30 * S);
  assert.equal(once.decision.atMs, 5 * MIN + 5 * S);
  assert.deepEqual(asleep.decision.pause, { untilMs: null, reason: 'not now' });
  assert.equal(cleared.accepted, true);
  assert.deepEqual([unknown.accepted, unknown.code], [false, 'unknown_endpoint']);
  assert.deepEqual([again.accepted, again.code], [false, 'in_cooldown']);
  assert.equal(run.messages[0].at_ms, 5 * MIN + 5 * S);
  const why = explain(run, 'slack_operations', 5 * MIN + 5 * S);
  assert.ok(why.steps.some((step) => step.text.startsWith('the own planner woke it and asked for')), JSON.stringify(why.steps));
  const starts = run.runs.filter((one) => one.endpoint === 'traffic_monitor').map((one) => one.start_ms);
  assert.ok(starts.includes(5 * MIN + 30 * S));
});

test('a run with an own planner can be asked everything, also when it is made again', () => {
  const planner = (c) => {
    if (quick(c)) c.proposeInterval(c.endpoint, { everyMs: 40 * S, ttlMs: 2 * MIN, reason: 'many visitors' });
    if (c.nowMs > 20 * MIN) throw new Error('enough');
  };
  const run = simulate('flash-sale', { planner });
  for (let seed = 0; seed < 3; seed += 1) simulate('flash-sale', { parameters: { seed } });
  const again = JSON.parse(exportAs(run, 'json'));
  assert.deepEqual(again, run);
  assert.equal(compare(run, ['adaptive'])[0].runs, run.totals.runs);
  const flows = JSON.parse(exportAs(run, 'trace-event')).traceEvents.filter((event) => event.ph === 's');
  assert.ok(flows.length > 20, String(flows.length));
});

test('an exception is on record with its time and endpoint, and the run goes on without the planner', () => {
  let asked = 0;
  const run = simulate('flash-sale', {
    planner(c) {
      asked += 1;
      if (c.nowMs >= 10 * MIN) throw new RangeError('too much');
      if (quick(c)) c.proposeInterval(c.endpoint, { everyMs: 30 * S, ttlMs: 5 * MIN });
    },
  });
  assert.deepEqual(run.planner_fault.message, 'RangeError: too much');
  const { at_ms: at, endpoint } = run.planner_fault;
  assert.ok(at >= 10 * MIN && at < 11 * MIN);
  assert.ok(run.runs.some((one) => one.end_ms === at && one.endpoint === endpoint));
  // What it asked for holds until it expires; the endpoints' own schedules go on.
  assert.ok(run.runs.some((one) => one.start_ms > at && one.source === 'interval_hint'));
  assert.ok(run.runs.every((one) => one.start_ms < 16 * MIN || one.source === 'baseline'));
  assert.ok(run.runs.some((one) => one.start_ms > 30 * MIN));
  assert.equal(asked, run.runs.filter((one) => one.end_ms < at).length + run.runs.filter((one) => one.end_ms === at)
    .findIndex((one) => one.endpoint === endpoint) + 1);
  assert.deepEqual(JSON.parse(exportAs(run, 'json')).planner_fault, run.planner_fault);
});

test('whatever is thrown is put into words', () => {
  const hostile = new Proxy({}, { get() { throw new Error('no'); }, getPrototypeOf() { throw new Error('no'); } });
  const nameless = Object.assign(new Error('x'), { name: 5 });
  for (const [what, message] of [
    ['words', 'words'], [undefined, /no Error/], [null, /no Error/], [5, /no Error/], [Symbol('s'), /no Error/],
    [hostile, /no Error/], [nameless, 'Error: x'], [new TypeError(), 'TypeError'],
    [Object.defineProperty(new Error('x'), 'message', { get() { throw 1; } }), 'Error'],
  ]) {
    const run = simulate('flash-sale', { planner() { throw what; } });
    assert.match(run.planner_fault.message, typeof message === 'string' ? new RegExp(`^${message}$`) : message);
    assert.equal(run.planner_fault.at_ms, 0);
  }
});

test('a planner that gives a promise is told that it must answer at once', () => {
  const run = simulate('flash-sale', { planner: async () => {} });
  assert.match(run.planner_fault.message, /promise/);
});

test('a planner may simulate, but not without end', () => {
  let inner;
  const run = simulate('flash-sale', {
    planner(c) {
      inner ??= simulate('flash-sale', { parameters: { traffic: 2 } });
      if (quick(c)) assert.ok(c.clearHints(c.endpoint).accepted);
    },
  });
  assert.equal(run.planner_fault, undefined);
  assert.equal(inner.result_hash, simulate('flash-sale', { parameters: { traffic: 2 } }).result_hash);
  let depth = 0;
  let code;
  const deeper = () => {
    depth += 1;
    try {
      simulate('flash-sale', { planner: deeper });
    } catch (error) {
      code ??= error.code;
    }
    throw new Error('back');
  };
  simulate('flash-sale', { planner: deeper });
  assert.equal(code, 'too_deep');
  assert.ok(depth <= 16, String(depth));
});

test('a context cannot be used once its planner has returned', () => {
  let kept;
  simulate('flash-sale', { planner(c) { kept = c; } });
  for (const use of [
    () => kept.nowMs, () => kept.metrics, () => kept.decision('traffic_monitor'), () => kept.clearHints('traffic_monitor'),
    () => kept.proposeInterval('traffic_monitor', { everyMs: S, ttlMs: S }),
    () => kept.proposeNextTime('traffic_monitor', { inMs: S, ttlMs: MIN }),
  ]) {
    assert.equal(thrown(use).code, 'context_closed');
  }
});

test('a context that no run gave cannot be made', () => {
  assert.equal(thrown(() => new Context()).code, 'not_to_be_made');
});

test('a planner’s reason has a length, and can be seen', () => {
  const told = [];
  const run = simulate('flash-sale', {
    planner(c) {
      const asked = (reason) => c.proposeInterval(c.endpoint, { everyMs: 30 * S, ttlMs: MIN, reason });
      told.push(asked('a\u202eb').decision.reason);
      asked('x'.repeat(1_001));
    },
  });
  assert.deepEqual(told, ['a\ufffdb']);
  assert.match(run.planner_fault.message, /hint.reason may have at most 1,000 letters, and this has 1,001/);
});

test('a getter that calls from within is answered', () => {
  let inner;
  simulate('flash-sale', {
    planner(c) {
      const hint = { get everyMs() { inner = c.clearHints(c.endpoint); return 30 * S; }, ttlMs: MIN };
      assert.equal(c.proposeInterval(c.endpoint, hint).accepted, true);
    },
  });
  assert.equal(inner.accepted, true);
});

test('a planner that never stops calling is stopped', () => {
  let code;
  const error = thrown(() => simulate('flash-sale', {
    planner(c) {
      try {
        for (;;) c.clearHints('traffic_monitor');
      } catch (refused) {
        code = refused.code;
      }
    },
  }));
  assert.deepEqual([code, error.code], ['too_many_events', 'too_many_events']);
});
