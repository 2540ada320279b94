// The work of benches/work.rs, for the forms in JavaScript. Frozen.

const MINUTE = 60_000;
export const HINT_EVERY = 30_000;
export const HINT_TTL = 21 * MINUTE;

const noise = (id) => Math.imul(id, 2_654_435_769) >>> 12;

export function work(n, minutes, spread) {
  const every = (id) => [3 * MINUTE, 5 * MINUTE, 10 * MINUTE][id % 3];
  const first = (id) => (spread ? noise(id) % every(id) : 0);
  const hintAt = (id) => 5 * MINUTE + (spread ? noise(id) % HINT_EVERY : 0);
  return { n, end: minutes * MINUTE, every, first, hintAt };
}

// The run after one at `now`, from numbers that the caller keeps as it likes.
export function next(now, every, hintAt) {
  const baseline = now + every;
  const hinted = now + HINT_EVERY;
  if (now < hintAt) return Math.min(baseline, Math.max(hintAt, hinted));
  return hinted < hintAt + HINT_TTL ? hinted : baseline;
}

export class Proof {
  events = 0;
  order = 0x811c9dc5 | 0;
  count(at, id) {
    this.events += 1;
    this.order = Math.imul(this.order ^ (at | 0) ^ Math.imul(id, 2_654_435_769), 0x01000193);
  }
}

// Repeats `pass` (which makes itself ready outside the clock) to a million events, and reports like the native form.
export function measure(ready, pass) {
  const once = () => {
    const state = ready();
    const from = process.hrtime.bigint();
    const proof = pass(state);
    return { took: Number(process.hrtime.bigint() - from), proof };
  };
  const cold = once();
  const { events, order } = cold.proof;
  const each = Math.max(1, Math.ceil(100_000 / events));
  const chunks = [];
  for (let total = 0; total < 1_000_000 || chunks.length < 3; total += each * events) {
    let took = 0;
    for (let i = 0; i < each; i += 1) {
      const again = once();
      if (again.proof.events !== events || again.proof.order !== order) throw new Error("not the same work twice");
      took += again.took;
    }
    chunks.push(took / (each * events));
  }
  chunks.sort((a, b) => a - b);
  console.log(events, order >>> 0, (cold.took / events).toFixed(2), chunks[chunks.length >> 1].toFixed(2));
}
