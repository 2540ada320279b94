// The npm package from the outside: what other programs rely on.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MIN, S, Scheduler, thrown } from './loaded.mjs';

const monitor = () => new Scheduler([{ id: 'monitor', everyMs: 5 * MIN }]);
test('a baseline is due at its start and then every interval from the last start', () => {
  const scheduler = monitor();
  assert.deepEqual(scheduler.nextDue(), { endpoint: 'monitor', atMs: 0 });
  const cause = scheduler.started('monitor', 0);
  assert.equal(cause.source, 'baseline');
  assert.equal(cause.atMs, 0);
  assert.equal(cause.anchorMs, null);
  const running = scheduler.decision('monitor');
  assert.equal(running.atMs, null);
  assert.equal(scheduler.nextDue(), null);
  const next = scheduler.finished('monitor', 2 * S, { ok: true, observed: { traffic: 1000 } });
  assert.equal(next.atMs, 5 * MIN);
  assert.equal(next.anchorMs, 0);
  assert.deepEqual(scheduler.nextDue(), { endpoint: 'monitor', atMs: 5 * MIN });
});

test('a scheduler that was freed says so, and others go on', () => {
  const [freed, other] = [monitor(), monitor()];
  freed.free();
  for (const call of [
    () => freed.nextDue(),
    () => freed.decision('monitor'),
    () => freed.started('monitor', 0),
    () => freed.finished('monitor', 0, { ok: true }),
    () => freed.clearHints('monitor', 0),
    () => freed.proposeInterval('monitor', { everyMs: MIN, ttlMs: MIN }, 0),
  ]) {
    const error = thrown(call);
    assert.ok(error instanceof Error);
    assert.equal(error.code, 'freed');
    assert.match(error.message, /make a new one/);
  }
  assert.deepEqual(other.nextDue(), { endpoint: 'monitor', atMs: 0 });
});

test('a decision has every field, null where there is nothing', () => {
  const decision = monitor().decision('monitor');
  assert.deepEqual(decision, {
    endpoint: 'monitor',
    atMs: 0,
    source: 'baseline',
    decidedAtMs: 0,
    anchorMs: null,
    candidates: [{ source: 'baseline', atMs: 0, counts: true }],
    clamp: null,
    pause: null,
    expiresAtMs: null,
    reason: 'its own schedule: every 5 min',
  });
});

test('an interval hint tightens at once, is clamped by min, and expires', () => {
  const scheduler = monitor();
  scheduler.started('monitor', 0);
  scheduler.finished('monitor', 0, { ok: true });
  const answer = scheduler.proposeInterval('monitor', { everyMs: 5 * S, ttlMs: MIN, reason: 'spike' }, 10 * S);
  assert.equal(answer.accepted, true);
  assert.equal(answer.decision.atMs, 20 * S);
  assert.equal(answer.decision.clamp, 'min');
  assert.equal(answer.decision.reason, 'spike');
  assert.equal(answer.decision.expiresAtMs, 70 * S);
  scheduler.started('monitor', 60 * S);
  const after = scheduler.finished('monitor', 60 * S, { ok: true });
  // The next would be at 80 s, when the hint is gone.
  assert.equal(after.source, 'baseline');
  assert.equal(after.candidates.find((c) => c.source === 'interval_hint').why, 'expires_first');
});

test('a one-shot runs once and is used up by the run that it causes', () => {
  const scheduler = new Scheduler([{ id: 'page', tier: 'alert', cooldownMs: 10 * MIN }]);
  assert.equal(scheduler.nextDue(), null);
  const answer = scheduler.proposeNextTime('page', { inMs: 5 * S, ttlMs: MIN }, 0);
  assert.equal(answer.decision.atMs, 5 * S);
  assert.equal(scheduler.started('page', 5 * S).source, 'one_shot');
  assert.equal(scheduler.finished('page', 6 * S, { ok: true }).atMs, null);
  const refused = scheduler.proposeNextTime('page', { atMs: 9 * MIN, ttlMs: 30 * MIN }, MIN);
  assert.deepEqual([refused.accepted, refused.code], [false, 'in_cooldown']);
  assert.match(refused.message, /10:05/);
});

test('every refusal has its code and changes nothing', () => {
  const scheduler = monitor();
  const before = scheduler.decision('monitor');
  const codes = [
    scheduler.proposeInterval('monitr', { everyMs: MIN, ttlMs: MIN }, MIN),
    scheduler.proposeInterval('monitor', { everyMs: 0, ttlMs: MIN }, 0),
    scheduler.proposeInterval('monitor', { everyMs: MIN, ttlMs: -1 }, 0),
    scheduler.proposeNextTime('monitor', { inMs: -1, ttlMs: MIN }, 0),
    scheduler.proposeNextTime('monitor', { atMs: MIN, ttlMs: MIN }, 0),
    scheduler.pauseUntil('monitor', { untilMs: -5 }, 'no', 0),
  ].map((answer) => answer.code);
  assert.deepEqual(codes, ['unknown_endpoint', 'not_positive', 'not_positive', 'in_the_past', 'after_expiry', 'in_the_past']);
  assert.deepEqual(scheduler.decision('monitor'), before);
  assert.match(scheduler.clearHints('monitr', 0).message, /did you mean `monitor`/);
});

test('a reason and an id have so many letters and no more', () => {
  const refused = (call) => {
    try {
      call();
    } catch (error) {
      return [error.code, error.message];
    }
    return null;
  };
  const told = (place, most, count) => ['too_long', `${place} may have at most ${most} letters, and this has ${count}`];
  // Letters are counted, not bytes.
  const why = (count) => 'é'.repeat(count);
  for (const [place, call] of [
    ['hint.reason', (scheduler, reason) => scheduler.proposeInterval('monitor', { everyMs: MIN, ttlMs: MIN, reason }, 0)],
    ['hint.reason', (scheduler, reason) => scheduler.proposeNextTime('monitor', { inMs: S, ttlMs: MIN, reason }, 0)],
    ['reason', (scheduler, reason) => scheduler.pauseUntil('monitor', { forever: true }, reason, 0)],
  ]) {
    assert.equal(refused(() => call(monitor(), why(1_000))), null);
    assert.deepEqual(refused(() => call(monitor(), why(1_001))), told(place, '1,000', '1,001'));
  }
  assert.equal(refused(() => new Scheduler([{ id: why(200) }])), null);
  assert.deepEqual(refused(() => new Scheduler([{ id: why(201) }])), told('endpoints[0].id', '200', '201'));
});

test('a sleeping endpoint does nothing until it is woken', () => {
  const scheduler = new Scheduler([{ id: 'trace', tier: 'investigation', everyMs: MIN, asleep: true }]);
  assert.equal(scheduler.nextDue(), null);
  assert.deepEqual(scheduler.decision('trace').pause.untilMs, null);
  const answer = scheduler.pauseUntil('trace', null, 'found something', 90 * S);
  assert.equal(answer.decision.atMs, 90 * S);
  assert.equal(scheduler.pauseUntil('trace', { forever: true }, undefined, 91 * S).decision.atMs, null);
  const until = scheduler.pauseUntil('trace', { untilMs: 5 * MIN }, 'maintenance', 92 * S).decision;
  assert.deepEqual(until.pause, { untilMs: 5 * MIN, reason: 'maintenance' });
  assert.equal(until.atMs, 5 * MIN);
});

test('failures lengthen the baseline, a success resets it', () => {
  const scheduler = new Scheduler([{ id: 'probe', everyMs: MIN }]);
  scheduler.started('probe', 0);
  assert.equal(scheduler.finished('probe', 0, { ok: false }).atMs, 2 * MIN);
  scheduler.started('probe', 2 * MIN);
  assert.equal(scheduler.finished('probe', 2 * MIN, { ok: false }).atMs, 6 * MIN);
  scheduler.started('probe', 6 * MIN);
  assert.equal(scheduler.finished('probe', 6 * MIN, { ok: true }).atMs, 7 * MIN);
});

test('cron is read in the named zone', () => {
  const epochMs = Date.UTC(2026, 10, 27, 8, 30);
  const scheduler = new Scheduler([{ id: 'report', cron: '0 10 * * *', maxMs: 48 * 60 * MIN }], {
    timeZone: 'Europe/Berlin',
    epochMs,
  });
  assert.equal(scheduler.decision('report').atMs, 30 * MIN);
});

test('with the override governor a hint may relax', () => {
  const scheduler = new Scheduler([{ id: 'probe', everyMs: MIN }], { governor: 'override' });
  scheduler.started('probe', 0);
  scheduler.finished('probe', 0, { ok: true });
  const answer = scheduler.proposeInterval('probe', { everyMs: 5 * MIN, ttlMs: 10 * MIN }, 0);
  assert.equal(answer.decision.atMs, 5 * MIN);
});

test('what a caller gets wrong is an Error with a code and a place', () => {
  const cases = [
    [() => new Scheduler('no'), 'bad_input', /must be an array/],
    [() => new Scheduler([{ everyMs: 5 }]), 'bad_input', /endpoints\[0\] needs `id`/],
    [() => new Scheduler([{ id: 'a', everyMS: 5 }]), 'unknown_field', /did you mean `everyMs`/],
    [() => new Scheduler([{ id: 'a', everyMs: 1.5 }]), 'bad_input', /endpoints\[0\]\.everyMs/],
    [() => new Scheduler([{ id: 'a', everyMs: 0 }]), 'out_of_range', /every/],
    [() => new Scheduler([{ id: 'a', minMs: 5000, maxMs: 10 }]), 'min_over_max', /lower min/],
    [() => new Scheduler([{ id: 'a' }, { id: 'a' }]), 'duplicate_endpoint', /twice/],
    [() => new Scheduler([{ id: 'a', tier: 'helth' }]), 'bad_input', /health, investigation/],
    [() => new Scheduler([{ id: 'a', cron: 'nonsense' }]), 'bad_cron', /nonsense/],
    [() => new Scheduler([{ id: 'a', cron: '* * * * *', everyMs: 5 }]), 'bad_input', /one of them/],
    [() => new Scheduler([], { timeZone: 'Mars/Olympus' }), 'unknown_time_zone', /Mars/],
    [() => monitor().decision('x'), 'unknown_endpoint', /unknown endpoint/],
    [() => monitor().finished('monitor', 0, { ok: true }), 'not_running', /report its start first/],
    [() => monitor().proposeNextTime('monitor', { ttlMs: 5 }, 0), 'bad_input', /either atMs or inMs/],
    [() => monitor().proposeInterval('monitor', null, 0), 'bad_input', /must be an object/],
    [() => monitor().proposeInterval('monitor', { everyMs: NaN, ttlMs: 5 }, 0), 'bad_input', /everyMs/],
    [() => monitor().clearHints('monitor', NaN), 'bad_input', /nowMs/],
  ];
  for (const [work, code, message] of cases) {
    const error = thrown(work);
    assert.ok(error instanceof Error);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
  }
});

test('after an error the scheduler can still be used', () => {
  const scheduler = monitor();
  thrown(() => scheduler.decision('x'));
  assert.equal(scheduler.decision('monitor').atMs, 0);
});
