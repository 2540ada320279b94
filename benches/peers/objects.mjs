// The same work in JavaScript as one would first write it: plain objects, a heap with a comparison function, each run
// plans the next from a list of candidates and stores what it considered. Frozen. Run as: node objects.mjs N MINUTES SPREAD

import { work, HINT_EVERY, HINT_TTL, Proof, measure } from "./work.mjs";

const [n, minutes, spread] = process.argv.slice(2).map(Number);
const load = work(n, minutes, spread === 1);
const before = (a, b) => a.at - b.at || a.endpoint.id - b.endpoint.id;

class Heap {
  items = [];
  push(item) {
    const { items } = this;
    let i = items.push(item) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (before(items[up], item) <= 0) break;
      items[i] = items[up];
      i = up;
    }
    items[i] = item;
  }
  pop() {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    if (items.length > 0) {
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= items.length) break;
        if (child + 1 < items.length && before(items[child + 1], items[child]) < 0) child += 1;
        if (before(last, items[child]) <= 0) break;
        items[i] = items[child];
        i = child;
      }
      items[i] = last;
    }
    return first;
  }
}

function ready() {
  const heap = new Heap();
  for (let id = 0; id < n; id += 1) {
    const endpoint = { id, name: `endpoint-${id}`, every: load.every(id), min: 20_000, max: 900_000, hintAt: load.hintAt(id) };
    heap.push({ at: load.first(id), endpoint });
  }
  return { heap, records: [] };
}

function plan(endpoint, now) {
  const placed = (source, raw, expires) => {
    const at = Math.min(Math.max(raw, now + endpoint.min), now + endpoint.max);
    return { source, raw, at, expires, counts: at < expires };
  };
  const candidates = [placed("baseline", now + endpoint.every, Infinity)];
  const expires = endpoint.hintAt + HINT_TTL;
  const from = Math.max(now + HINT_EVERY, endpoint.hintAt);
  if (now < expires) candidates.push(placed("interval_hint", from, expires));
  const counting = candidates.filter((candidate) => candidate.counts).sort((a, b) => a.at - b.at);
  const best = counting[0];
  return { endpoint: endpoint.name, at: best.at, source: best.source, decidedAt: now, candidates };
}

function pass({ heap, records }) {
  const proof = new Proof();
  for (;;) {
    const { at, endpoint } = heap.pop();
    if (at >= load.end) return proof;
    proof.count(at, endpoint.id);
    const decision = plan(endpoint, at);
    records.push({ start: at, decision });
    heap.push({ at: decision.at, endpoint });
  }
}

measure(ready, pass);
