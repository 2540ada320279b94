// After a fault of memory or stack: what was asked is refused with a code, the next call works, and what was made before
// says that it is gone.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  claims, compare, drawParts, explain, exportAs, initSync, MIN, moment, parse, S, Scheduler, simulate, slider, thrown, wasm,
} from './loaded.mjs';

const plain = simulate('flash-sale');
const monitor = () => new Scheduler([{ id: 'monitor', everyMs: 5 * MIN }]);
/** Longer than what is left of memory when none of it is left. */
const large = 'x'.repeat(3 << 20);

/** Takes all the memory that WebAssembly can have, so that the next large piece is not to be had. */
const take = () => {
  const { memory } = initSync({ module: wasm });
  const pages = memory.buffer.byteLength >> 16;
  for (let more = 65_536 - pages; more > 0; more >>= 1) {
    try {
      memory.grow(more);
    } catch {
      // Less, then.
    }
  }
};
/** Ends the module by asking for memory that is not there; gives what was thrown. */
const end = (work = () => parse(large)) => {
  simulate('flash-sale');
  take();
  return thrown(work);
};
const isRefused = (error, code = 'module_fault') => {
  assert.ok(error instanceof Error && !(error instanceof WebAssembly.RuntimeError), error.stack);
  assert.equal(error.code, code, error.stack);
  assert.match(error.message, /is refused/);
  assert.ok(error.cause instanceof Error);
};
const works = () => {
  assert.deepEqual(simulate('flash-sale'), plain);
  assert.equal(exportAs(plain, 'csv').split('\r\n').length, plain.runs.length + 2);
  assert.deepEqual(monitor().nextDue(), { endpoint: 'monitor', atMs: 0 });
};

const CALLS = {
  parse: () => parse(large),
  simulate: () => simulate(large),
  'simulate with parameters': () => simulate('flash-sale', { parameters: { traffic: large } }),
  compare: () => compare(plain, [large]),
  explain: () => explain(plain, large, 0),
  claims: () => claims({ ...plain, recipe: { ...plain.recipe, scenario: large } }),
  exportAs: () => exportAs(plain, large),
  drawParts: () => drawParts(plain, [large]),
  moment: () => moment({ ...plain, recipe: { ...plain.recipe, scenario: large } }, 0),
  slider: () => slider('flash-sale', large),
  'new Scheduler': () => new Scheduler([{ id: large }]),
};
for (const [what, call] of Object.entries(CALLS)) {
  test(`${what}: a fault of memory is refused with a code, and the next call works`, () => {
    isRefused(end(call));
    works();
  });
}

test('a call of a live object that ends the module is refused; the object is lost, and says so in every call', () => {
  const [one, other, freed] = [monitor(), monitor(), monitor()];
  freed.free();
  isRefused(end(() => one.decision(large)));
  for (const scheduler of [one, other]) {
    for (const call of [
      () => scheduler.nextDue(),
      () => scheduler.decision('monitor'),
      () => scheduler.started('monitor', 0),
      () => scheduler.finished('monitor', 0, { ok: true }),
      () => scheduler.clearHints('monitor', 0),
      () => scheduler.pauseUntil('monitor', null, undefined, 0),
      () => scheduler.proposeInterval('monitor', { everyMs: MIN, ttlMs: MIN }, 0),
      () => scheduler.proposeNextTime('monitor', { inMs: MIN, ttlMs: MIN }, 0),
    ]) {
      const error = thrown(call);
      assert.equal(error.code, 'lost', error.stack);
      assert.match(error.message, /make a new one/);
    }
  }
  const young = monitor();
  // What is given back is not the memory of another, which lies at the same address now.
  other.free();
  assert.equal(thrown(() => other.nextDue()).code, 'freed');
  assert.equal(thrown(() => freed.nextDue()).code, 'freed');
  young.started('monitor', 0);
  assert.equal(young.finished('monitor', S, { ok: true }).atMs, 5 * MIN);
  works();
});

test('it can happen again and again', () => {
  for (let time = 0; time < 20; time += 1) isRefused(end());
  works();
});

test('a planner that ends the module ends the run that asked it, and everything around', () => {
  let seen = [];
  let context;
  const error = thrown(() => simulate('flash-sale', {
    planner(outer) {
      context = outer;
      simulate('flash-sale', {
        planner() {
          take();
          seen.push(thrown(() => parse(large)));
          seen.push(thrown(() => simulate('flash-sale')));
          seen.push(thrown(() => outer.nowMs));
        },
      });
      seen.push('came back');
    },
  }));
  isRefused(error);
  const [first, second, third] = seen;
  isRefused(first);
  isRefused(second);
  assert.equal(third.code, 'lost');
  assert.equal(seen.length, 3);
  assert.equal(thrown(() => context.nowMs).code, 'lost');
  works();
});

test('a getter that ends the module ends the call that reads it', () => {
  isRefused(end(() => simulate('flash-sale', { get parameters() { return parse(large); } })));
  works();
});

test('a run that was made before is answered after', () => {
  const own = simulate('flash-sale', { planner: (c) => c.proposeInterval('order_processor_health', { everyMs: 30 * S, ttlMs: MIN }) });
  const before = exportAs(own, 'json');
  isRefused(end());
  assert.equal(exportAs(own, 'json'), before);
});

test('where the stack ends, nothing is worse than refused, and the next call works', () => {
  const codes = new Map();
  const calls = [
    () => simulate('flash-sale', { parameters: { traffic: 2 } }),
    () => exportAs(plain, 'csv'),
    () => parse('a = 1'),
    () => monitor().nextDue(),
  ];
  for (const call of calls) {
    // From the end of the stack outwards, one frame after another, until there is room enough.
    let answered = 0;
    const deeper = () => {
      try {
        deeper();
      } catch {
        // The end.
      }
      if (answered >= 3) return;
      let code = 'answered';
      try {
        call();
      } catch (error) {
        assert.ok(!(error instanceof WebAssembly.RuntimeError), error.stack);
        // The engine's own, before the package was reached.
        code = error.code ?? error.name;
      }
      if (code === 'answered' || !/^(RangeError|out_of_stack|module_fault)$/.test(code)) answered += 1;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    };
    deeper();
    works();
  }
  assert.ok(codes.get('out_of_stack') > 0, JSON.stringify([...codes]));
  for (const code of codes.keys()) assert.match(code, /^(answered|RangeError|out_of_stack|missing_key|unknown_key)$/);
});

test('a recursion without end through a call is refused, and the next call works', () => {
  let depth = 0;
  const again = () => {
    depth += 1;
    simulate('flash-sale', { get parameters() { return again(); } });
  };
  const error = thrown(again);
  assert.ok(error instanceof Error);
  assert.ok(['out_of_stack', 'bad_input'].includes(error.code), error.stack);
  assert.ok(depth > 10);
  works();
});
