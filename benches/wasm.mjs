// The product in wasm, timed by node. Run as: ACCELERANDO_BENCH_WASM=FILE node wasm.mjs N MINUTES SPREAD

import { readFileSync } from "node:fs";
import { measure } from "./peers/work.mjs";

const load = process.argv.slice(2).map(Number);
const module = await WebAssembly.compile(readFileSync(process.env.ACCELERANDO_BENCH_WASM));
const { exports } = await WebAssembly.instantiate(module, {});

measure(
  () => exports.ready(...load),
  () => {
    const events = exports.pass();
    return { events, order: exports.order() | 0 };
  },
);
