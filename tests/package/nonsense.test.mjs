// Every function is called with nonsense: the answer is an Error with a code or a right answer, and never the end of
// the instance.
import assert from 'node:assert/strict';
import vm from 'node:vm';
import { test } from 'node:test';

import { claims, compare, drawParts, explain, exportAs, MIN, moment, parse, S, Scheduler, simulate, slider } from './loaded.mjs';

const boom = () => {
  throw new Error('boom');
};
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const cyclic = () => {
  const object = { recipe: {}, toml: {}, parameters: {} };
  for (const key of Object.keys(object)) object[key] = object;
  object.self = object;
  return object;
};
const hostile = new Proxy(function f() {}, {
  get: boom, has: boom, ownKeys: boom, getPrototypeOf: boom, getOwnPropertyDescriptor: boom, apply: boom, construct: boom,
});
const deep = (depth) => {
  let object = {};
  for (let i = 0; i < depth; i += 1) object = { object };
  return object;
};
const getters = (...names) => Object.defineProperties({}, Object.fromEntries(
  names.map((name) => [name, { enumerable: true, get: boom }]),
));

/** Some 200 kinds of nonsense. */
const NUMBERS = [
  0, -0, 1, -1, 0.5, -0.5, 1e-300, NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 52, 2 ** 53 - 1, 2 ** 53,
  2 ** 53 + 2, -(2 ** 53), 2 ** 63, -(2 ** 63), 2 ** 64, 1e21, 1e300, Number.MAX_VALUE, Number.MIN_VALUE, Number.EPSILON,
  300_000, 1_205_000, 2_399_999, 2_400_000,
];
const TEXTS = [
  '', ' ', '\0', '\n', '=', '[', '[[', ']', '"', "'", '\\', '#', 'null', 'undefined', 'NaN', '1', '-1', '1e9', 'true',
  'flash-sale', 'FLASH-SALE', 'flash-sale.toml', '../flash-sale', 'traffic_monitor', 'traffic monitor', '__proto__',
  'constructor', 'prototype', 'toString', 'hasOwnProperty', 'json', 'JSON', 'trace-event', 'svg', 'cron-5m', 'adaptive',
  '* * * * *', '*/0 * * * *', '99 99 99 99 99', '* * * * * * * *', '0 0 31 2 *', 'a b c d e', '\ud800', '\udfff x', '\u202e',
  '🚨'.repeat(50), 'é\u0301', '<script>', '${1}', '%s%n', 'x'.repeat(1_000), 'x'.repeat(70_000), 'x'.repeat(5 << 20),
  '='.repeat(100_000), '['.repeat(100_000), '{'.repeat(100_000), 'a='.repeat(50_000), 'a.'.repeat(50_000), `a=${'['.repeat(20_000)}`,
  `a = "${'('.repeat(50_000)}"`, 'accelerando = 1', 'accelerando = 99', 'accelerando = -1', 'a = 1\na = 1', 'a = 1e999',
  'duration = "9999999999999min"', '[[endpoint]]\n'.repeat(2_000), '[[rule]]\n[[rule]]\n', '\ufeffname = "x"', '\r\n\r\n=',
];
const OTHERS = [
  undefined, null, true, false, 0n, 1n, 2n ** 70n, Symbol('s'), Symbol.iterator, boom, () => {}, async () => {}, class A {},
  function* g() {}, [], [[]], [null], [undefined], [NaN], ['x'], [, 1], new Array(5), new Array(200_000), ['*/0 * * * *'],
  Array(150).fill('adaptive'), [Symbol('s')], [boom], [revoked()], [getters('id')], {}, { length: 5 }, { length: -1 },
  { length: 2 ** 40 }, Object.create(null), Object.create({ toml: 'x' }), JSON.parse('{"__proto__": 1}'), { __proto__: null },
  { constructor: 1 }, { toString: boom }, { valueOf: boom }, { toJSON: boom }, { [Symbol.toPrimitive]: boom }, { then: boom },
  { recipe: null }, { recipe: 5 }, { recipe: {} }, { recipe: [] }, { recipe: 'x' }, { recipe: { toJSON: boom } },
  { recipe: { toJSON: () => undefined } }, { recipe: cyclic() }, { recipe: revoked() }, { recipe: 1n }, { recipe: deep(200_000) },
  { recipe: { scenario: 'flash-sale', parameters: {} } }, { recipe: { scenario: 'no', parameters: {} } },
  { recipe: { scenario: 'flash-sale', parameters: { traffic: 1e9 } } }, { recipe: { scenario: 'flash-sale', parameters: { x: 1 } } },
  { recipe: { scenario: 'flash-sale', parameters: {}, planner: { rules_act: true, calls: [
    { run: 4294967295, endpoint: 'x', asked: { interval: { every: -(2 ** 53), ttl: 2 ** 53 } }, reason: '' },
    { run: 0, endpoint: 'traffic_monitor', asked: { once: { at: 2 ** 62, ttl: 2 ** 62 } }, reason: '' },
  ] } } },
  { recipe: { scenario: 'flash-sale', parameters: {}, planner: { rules_act: false, failed: [0, 'x'], calls: [
    { run: 0, endpoint: 'traffic_monitor', asked: { interval: { every: 1, ttl: 2 ** 62 } }, reason: 'x' },
    { run: 0, endpoint: 'nobody', asked: 'clear', reason: 'x' },
  ] } } },
  { scenario: 'flash-sale' }, { scenario: 'flash-sale', result_hash: 'x', parameters: { traffic: NaN } },
  { scenario: 'flash-sale', result_hash: '0'.repeat(16), parameters: {} }, { scenario: {}, result_hash: {} },
  getters('recipe'), getters('toml'), getters('parameters'), getters('planner', 'rules'), getters('id', 'everyMs'),
  { toml: 5 }, { toml: '' }, { toml: 'flash-sale' }, { toml: '=' }, { toml: {} },
  { parameters: null }, { parameters: 5 }, { parameters: [] }, { parameters: { traffic: {} } }, { parameters: { traffic: [] } },
  { parameters: { __proto__: null, traffic: 2 } }, { parameters: JSON.parse('{"__proto__": 5}') }, { parameters: getters('traffic') },
  { parameters: { traffic: 1n } }, { parameters: { traffic: Symbol('s') } }, { parameters: new Map([['traffic', 2]]) },
  { parameters: { seed: -1 } }, { parameters: { seed: 2 ** 53 } }, { parameters: { seed: '4294967296' } },
  { parameters: { 'traffic_monitor.every': 0 } }, { parameters: { 'traffic_monitor.every': '1e400s' } }, { parameters: hostile },
  { planner: null }, { planner: {} }, { planner: 'x' }, { planner: hostile }, { planner: class A {} }, { planner: boom },
  { planner: () => revoked() }, { planner: () => hostile }, { planner: () => ({ get then() { throw 1; } }) },
  { rules: 'act' }, { rules: 5 }, { id: 'x' }, { id: '' }, { ok: true }, { ok: 1 }, { ok: true, observed: cyclic() },
  { everyMs: 1, ttlMs: 1 }, { everyMs: 2 ** 53 - 1, ttlMs: 2 ** 53 - 1 }, { everyMs: -1, ttlMs: -1 }, { everyMs: '1', ttlMs: '1' },
  { atMs: 1, inMs: 1, ttlMs: 1 }, { inMs: 2 ** 53 - 1, ttlMs: 2 ** 53 - 1 }, { atMs: -(2 ** 53 - 1), ttlMs: 1 },
  { untilMs: 5 }, { untilMs: -5 }, { forever: false }, { forever: true, untilMs: 5 }, { governor: 'x' }, { timeZone: 'x' },
  { epochMs: 2 ** 53 - 1 }, { epochMs: -(2 ** 53 - 1), timeZone: 'Europe/Berlin' },
  [{ id: 'a', everyMs: 1 }], [{ id: 'a', cron: '* * * * *' }], [{ id: 'a', cron: 'x'.repeat(100_000) }],
  [{ id: 'a', minMs: 2 ** 53 - 1, maxMs: 2 ** 53 - 1 }], [{ id: 'a', startAtMs: 2 ** 53 - 1 }], [{ id: 'a', startAtMs: -5 }],
  [{ id: 'x'.repeat(100_000) }], Array.from({ length: 2_000 }, (_, id) => ({ id: String(id), everyMs: 1_000 })),
  cyclic(), revoked(), hostile, deep(100), new Date(), new Date(NaN), /x/, new Error('x'), new Map(), new Set([1]),
  new WeakMap(), new Uint8Array(4), new ArrayBuffer(8), new DataView(new ArrayBuffer(8)), new Proxy({}, {}), new Proxy([], {}),
  Promise.resolve(), globalThis, Math, JSON, Reflect, new Number(5), new String('flash-sale'), new Boolean(true),
  vm.runInNewContext('({ parameters: { traffic: 2 } })'), vm.runInNewContext('[]'), vm.runInNewContext('Object.create(null)'),
  Object.freeze({ parameters: Object.freeze({}) }), WebAssembly, new Proxy(() => {}, { apply: boom }), arguments_(),
];
function arguments_() {
  return arguments; // eslint-disable-line prefer-rest-params
}
const NONSENSE = [...NUMBERS, ...TEXTS, ...OTHERS];

const shown = (value) => {
  try {
    return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `${typeof value} ${String(value)}`.slice(0, 80);
  } catch {
    return `a hostile ${typeof value}`;
  }
};

/** Calls, and says what became of it; anything but a value or an Error with a code fails. */
const survives = (what, value, work) => {
  try {
    work(value);
    return 'answered';
  } catch (error) {
    const told = `${what} with ${shown(value)}: ${error?.stack ?? String(error)}`;
    assert.ok(error instanceof Error, told);
    assert.ok(!(error instanceof WebAssembly.RuntimeError), told);
    assert.equal(typeof error.code, 'string', told);
    assert.match(error.code, /^[a-z][a-z_]*$/, told);
    assert.doesNotMatch(error.code, /^(internal|lost|module_fault|out_of_stack)$/, told);
    assert.ok(error.message.length > 0, told);
    return error.code;
  }
};

const run = simulate('flash-sale');
const before = run.result_hash;
const works = () => {
  assert.equal(simulate('flash-sale').result_hash, before);
  assert.equal(new Scheduler([{ id: 'a', everyMs: MIN }]).nextDue().atMs, 0);
};

test('there are at least 200 kinds of nonsense', () => {
  assert.ok(NONSENSE.length >= 200, String(NONSENSE.length));
});

const scheduler = () => new Scheduler([{ id: 'traffic_monitor', everyMs: 5 * MIN }]);
const hint = { everyMs: 30 * S, ttlMs: MIN };
const CALLS = {
  'parse(x)': (x) => parse(x),
  'simulate(x)': (x) => simulate(x),
  'simulate(…, x)': (x) => simulate('flash-sale', x),
  'simulate(…, { parameters: x })': (x) => simulate('flash-sale', { parameters: x }),
  'simulate(…, { parameters: { traffic: x } })': (x) => simulate('flash-sale', { parameters: { traffic: x } }),
  'simulate(…, { parameters: { seed: x } })': (x) => simulate('flash-sale', { parameters: { seed: x } }),
  'simulate(…, { parameters: { [x]: 1 } })': (x) => simulate('flash-sale', { parameters: { [typeof x === 'symbol' ? 's' : `${shown(x)}`]: 1 } }),
  'simulate(…, { planner: x })': (x) => simulate('flash-sale', { planner: x }),
  'simulate(…, { planner: () => x })': (x) => simulate('flash-sale', { planner: () => x }),
  'simulate(…, { rules: x })': (x) => simulate('flash-sale', { rules: x }),
  'compare(x)': (x) => compare(x),
  'compare(…, x)': (x) => compare(run, x),
  'compare(…, [x])': (x) => compare(run, [x]),
  'explain(x, …)': (x) => explain(x, 'traffic_monitor', 0),
  'explain(…, x, …)': (x) => explain(run, x, 0),
  'explain(…, x)': (x) => explain(run, 'traffic_monitor', x),
  'claims(x)': (x) => claims(x),
  'exportAs(x, …)': (x) => exportAs(x, 'csv'),
  'exportAs(…, x)': (x) => exportAs(run, x),
  'drawParts(x, …)': (x) => drawParts(x, ['tiers']),
  'drawParts(…, x)': (x) => drawParts(run, x),
  'drawParts(…, [x])': (x) => drawParts(run, [x]),
  'drawParts(…, …, x)': (x) => drawParts(run, ['sentence'], x),
  'moment(x, …)': (x) => moment(x, 0),
  'moment(…, x)': (x) => moment(run, x),
  'slider(x, …)': (x) => slider(x, 'traffic'),
  'slider(…, x)': (x) => slider('flash-sale', x),
  'slider(…, …, x)': (x) => slider('flash-sale', 'traffic', x),
  'new Scheduler(x)': (x) => new Scheduler(x),
  'new Scheduler([x])': (x) => new Scheduler([x]),
  'new Scheduler([], x)': (x) => new Scheduler([], x),
  'new Scheduler([{ id: x }])': (x) => new Scheduler([{ id: x }]),
  'new Scheduler([{ everyMs: x }])': (x) => new Scheduler([{ id: 'a', everyMs: x }]).decision('a'),
  'new Scheduler([{ cron: x }])': (x) => new Scheduler([{ id: 'a', cron: x }]).decision('a'),
  'proposeInterval(x, …)': (x) => scheduler().proposeInterval(x, hint, 0),
  'proposeInterval(…, x, …)': (x) => scheduler().proposeInterval('traffic_monitor', x, 0),
  'proposeInterval(…, x)': (x) => scheduler().proposeInterval('traffic_monitor', hint, x),
  'proposeNextTime(…, x, …)': (x) => scheduler().proposeNextTime('traffic_monitor', x, 0),
  'proposeNextTime({ inMs: x })': (x) => scheduler().proposeNextTime('traffic_monitor', { inMs: x, ttlMs: MIN }, 0),
  'pauseUntil(…, x, …)': (x) => scheduler().pauseUntil('traffic_monitor', x, undefined, 0),
  'pauseUntil(…, x, now)': (x) => scheduler().pauseUntil('traffic_monitor', null, x, 0),
  'clearHints(x)': (x) => scheduler().clearHints(x, 0),
  'decision(x)': (x) => scheduler().decision(x),
  'started(x, …)': (x) => scheduler().started(x, 0),
  'started(…, x)': (x) => scheduler().started('traffic_monitor', x),
  'finished(…, x)': (x) => {
    const live = scheduler();
    live.started('traffic_monitor', 0);
    live.finished('traffic_monitor', 0, x);
  },
};

/** Where there is one right answer to everything. */
const ALIKE = {
  'simulate(…, { parameters: { [x]: 1 } })': 'unknown_parameter',
  'simulate(…, { planner: () => x })': 'answered',
};

for (const [what, call] of Object.entries(CALLS)) {
  test(`${what}: nonsense is refused with a code or answered`, () => {
    const came = [...new Set(NONSENSE.map((value) => survives(what, value, call)))];
    if (ALIKE[what]) assert.deepEqual(came, [ALIKE[what]]);
    else assert.ok(came.length > 1, `all came out as ${came[0]}`);
    works();
  });
}

test('from within a planner nonsense is refused with a code or answered', () => {
  let seen = 0;
  const own = simulate('flash-sale', {
    planner(c) {
      if (seen > 0) return;
      for (const value of NONSENSE) {
        seen += 1;
        survives('context.proposeInterval', value, (x) => c.proposeInterval(x, hint));
        survives('context.proposeInterval', value, (x) => c.proposeInterval('traffic_monitor', x));
        survives('context.proposeNextTime', value, (x) => c.proposeNextTime('traffic_monitor', x));
        survives('context.pauseUntil', value, (x) => c.pauseUntil('inventory_sync_check', x));
        survives('context.clearHints', value, (x) => c.clearHints(x));
        survives('context.decision', value, (x) => c.decision(x));
      }
    },
  });
  assert.equal(own.planner_fault, undefined);
  assert.equal(seen, NONSENSE.length);
  assert.equal(exportAs(own, 'csv').split('\r\n').length, own.runs.length + 2);
  works();
});

test('a scheduler answers after every kind of nonsense as if nothing had been', () => {
  const [one, other] = [scheduler(), scheduler()];
  for (const value of NONSENSE) {
    survives('decision', value, (x) => one.decision(x));
    survives('started', value, (x) => one.started(x, 0));
    survives('finished', value, (x) => one.finished('traffic_monitor', 0, x));
  }
  // Only what names the endpoint itself can have started it.
  for (const each of [one, other]) {
    if (each.decision('traffic_monitor').atMs !== null) each.started('traffic_monitor', 0);
    try {
      each.finished('traffic_monitor', S, { ok: true });
    } catch (error) {
      assert.equal(error.code, 'not_running');
    }
  }
  assert.equal(one.decision('traffic_monitor').atMs, other.decision('traffic_monitor').atMs);
});
