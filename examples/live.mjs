// Watches a shop over HTTP with the live scheduler and real timers: every 6 s while all is well, every 2 s while
// orders queue up, ever more rarely while the shop does not answer at all.
//
//   make package && node examples/live.mjs        (SPEED=20 for twenty times as fast)
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

import { initSync, Scheduler } from '../pkg/accelerando.js';

initSync({ module: readFileSync(new URL('../pkg/accelerando_bg.wasm', import.meta.url)) });

const S = 1_000;

/** A shop whose answers are told in advance: how many orders queue up, or null where it fails. */
export async function shop(answers) {
  let asked = 0;
  const server = createServer((_, response) => {
    const queue = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    response.writeHead(queue === null ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ queue }));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** Watches `url` for so many checks, `speed` times as fast as the clock, and tells of each. */
export async function watch(url, { checks, speed = 1, tell = () => {} }) {
  const began = performance.now();
  const now = () => Math.round((performance.now() - began) * speed);
  const scheduler = new Scheduler([{ id: 'shop', everyMs: 6 * S, minMs: S, maxMs: 5 * 60 * S }]);

  for (let done = 0; done < checks; done += 1) {
    const due = scheduler.nextDue();
    await new Promise((wake) => setTimeout(wake, Math.max(0, due.atMs - now()) / speed));
    const cause = scheduler.started(due.endpoint, now());
    const { ok, queue } = await asked(url);
    let next = scheduler.finished('shop', now(), { ok, observed: ok ? { queue } : {} });
    if (ok && queue > 10) {
      const hint = { everyMs: 2 * S, ttlMs: 60 * S, reason: `${queue} orders queue up` };
      next = scheduler.proposeInterval('shop', hint, now()).decision;
    } else if (ok) {
      next = scheduler.clearHints('shop', now()).decision;
    }
    tell({ ok, queue, cause, next });
  }
  scheduler.free();
}

async function asked(url) {
  try {
    const response = await fetch(url);
    return { ok: response.ok, queue: (await response.json()).queue };
  } catch {
    return { ok: false, queue: null };
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url, close } = await shop([0, 2, 25, 40, 31, 18, 4, 0, null, null, null, 0, 0]);
  await watch(url, {
    checks: 13,
    speed: Number(process.env.SPEED ?? 1),
    tell: ({ ok, queue, cause, next }) => {
      const seen = ok ? `${queue} in the queue` : 'no answer';
      const gap = ((next.atMs - next.anchorMs) / S).toFixed(1);
      console.log(`${cause.source.padEnd(14)}${seen.padEnd(18)}next after ${gap} s: ${next.reason}`);
    },
  });
  close();
}
