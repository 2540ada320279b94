// The default flash sale in wasm, simulation with claims and invariants, timed by node; prints the milliseconds at the
// median of the passes. Run as: ACCELERANDO_BENCH_WASM=FILE node sale.mjs

import { readFileSync } from "node:fs";

const module = await WebAssembly.compile(readFileSync(process.env.ACCELERANDO_BENCH_WASM));
const { exports } = await WebAssembly.instantiate(module, {});
const PASSES = 1_000;

exports.sale_ready();
const passes = [];
for (let pass = 0; pass < PASSES; pass += 1) {
  const from = process.hrtime.bigint();
  const runs = exports.sale();
  passes.push(Number(process.hrtime.bigint() - from) / 1e6);
  if (runs !== 117) throw new Error(`not the flash sale at its defaults: ${runs} runs`);
}
passes.sort((a, b) => a - b);
console.log(passes[PASSES >> 1].toFixed(4));
