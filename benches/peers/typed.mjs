// The same work in JavaScript as one would write it for speed: a binary heap in typed arrays, records in typed arrays.
// Frozen. Run as: node typed.mjs N MINUTES SPREAD

import { work, next, Proof, measure } from "./work.mjs";

const [n, minutes, spread] = process.argv.slice(2).map(Number);
const load = work(n, minutes, spread === 1);

function ready() {
  const state = {
    at: new Float64Array(n), id: new Int32Array(n), length: 0,
    every: new Float64Array(n), hintAt: new Float64Array(n),
    room: 1_024, records: 0, recordAt: new Float64Array(1_024), recordNext: new Float64Array(1_024), recordId: new Int32Array(1_024),
  };
  for (let i = 0; i < n; i += 1) {
    state.every[i] = load.every(i);
    state.hintAt[i] = load.hintAt(i);
    push(state, load.first(i), i);
  }
  return state;
}

function push(state, when, who) {
  const { at, id } = state;
  let i = state.length;
  state.length += 1;
  while (i > 0) {
    const up = (i - 1) >> 1;
    if (at[up] < when || (at[up] === when && id[up] < who)) break;
    at[i] = at[up];
    id[i] = id[up];
    i = up;
  }
  at[i] = when;
  id[i] = who;
}

// Puts another entry in the place of the first and lets it sink.
function replaceFirst({ at, id, length }, when, who) {
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= length) break;
    const right = child + 1;
    if (right < length && (at[right] < at[child] || (at[right] === at[child] && id[right] < id[child]))) child = right;
    if (when < at[child] || (when === at[child] && who < id[child])) break;
    at[i] = at[child];
    id[i] = id[child];
    i = child;
  }
  at[i] = when;
  id[i] = who;
}

function grown(array) {
  const larger = new array.constructor(array.length * 2);
  larger.set(array);
  return larger;
}

function pass(state) {
  const proof = new Proof();
  const { at, id, every, hintAt } = state;
  while (at[0] < load.end) {
    const when = at[0];
    const who = id[0];
    proof.count(when, who);
    const then = next(when, every[who], hintAt[who]);
    if (state.records === state.room) {
      state.room *= 2;
      state.recordAt = grown(state.recordAt);
      state.recordNext = grown(state.recordNext);
      state.recordId = grown(state.recordId);
    }
    state.recordAt[state.records] = when;
    state.recordNext[state.records] = then;
    state.recordId[state.records] = who;
    state.records += 1;
    replaceFirst(state, then, who);
  }
  return proof;
}

measure(ready, pass);
