// Asks the package everything about the scenario that comes on standard input, and prints what became of it as JSON:
// for each call what it came to, and what the instance weighs at the end.
import { readFileSync } from 'node:fs';

import {
  claims, compare, drawParts, explain, exportAs, initSync, moment, parse, simulate, slider,
} from '../../pkg/accelerando.js';

const module = new WebAssembly.Module(readFileSync(new URL('../../pkg/accelerando_bg.wasm', import.meta.url)));
initSync({ module });
const text = readFileSync(0, 'utf8');
const came = {};
const call = (name, work) => {
  try {
    const value = work();
    came[name] = { code: 'answered' };
    return value;
  } catch (error) {
    came[name] = {
      code: error?.code ?? `no code: ${String(error).slice(0, 200)}`,
      message: String(error?.message).slice(0, 300),
      // Everything that it carries, faults and all.
      size: String(error?.message).length + (error?.all ?? []).reduce((sum, fault) => sum + fault.message.length, 0),
    };
    return undefined;
  }
};

const scenario = call('parse', () => parse(text));
const run = call('simulate', () => simulate(text));
if (run) {
  const at = (name, work) => call(name, work);
  at('claims', () => claims(run));
  at('compare', () => compare(run, ['defaults', '* * * * *']));
  at('explain', () => explain(run, scenario.endpoints[0]?.id ?? 'none', 60_000));
  for (const format of ['json', 'csv', 'markdown', 'trace-event', 'svg']) at(format, () => exportAs(run, format).length);
  at('drawParts', () => drawParts(run, ['sentence', 'tiers', 'metrics', 'timeline'], 60_000));
  at('moment', () => moment(run, 60_000));
  at('slider', () => slider(text, scenario.parameters[0]?.name ?? 'none'));
}
call('afterwards', () => simulate('flash-sale'));
const { memory } = initSync({ module });
process.stdout.write(JSON.stringify({ came, wasmBytes: memory.buffer.byteLength }));
