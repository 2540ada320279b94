// A scenario that takes long to run and is accepted: a week of 20 endpoints, each of which looks every minute.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { commandLine } from './opened.mjs';

const ENDPOINTS = 20;
const numbers = (count) => Array.from({ length: count }, (_, index) => index);

export const DEAR = `accelerando = 1
name = "week"
title = "A week"
about = "Every minute of a week."
duration = "168h"
[phases.columns]
load = ""
[[phase]]
id = "calm"
from = "0:00"
values = { load = 1 }
[[phase]]
id = "trouble"
from = "600:00"
values = { load = 9 }
[thresholds]
"busy.on" = { default = "5", from = "0", to = "20", text = "load at which it is busy" }
[[metric]]
id = "load_now"
is = "load"
${numbers(ENDPOINTS).map((n) => `[[endpoint]]
id = "check_${n}"
tier = "health"
every = "1min"
min = "1s"
observes = ["load_now"]`).join('\n')}
[[rule]]
id = "busy"
tier = "health"
on = "load_now > busy.on"
`;

/** One that is as wide as may be. */
export const WIDE = `accelerando = 1
name = "wide"
title = "Wide"
about = "Everything at once."
duration = "40min"
[phases.columns]
load = ""
${numbers(30).map((n) => `[[phase]]
id = "phase_${n}"
from = "${n}:00"
values = { load = ${1 + 8 * (n % 2)} }`).join('\n')}
[thresholds]
${numbers(100).map((n) => `level_${n} = { default = "5", from = "0", to = "20", text = "level ${n}" }`).join('\n')}
${numbers(64).map((n) => `[[metric]]
id = "metric_${n}"
is = "load * ${n + 1}"`).join('\n')}
${numbers(128).map((n) => `[[endpoint]]
id = "endpoint_${n}"
tier = "${['health', 'investigation', 'recovery', 'alert'][n % 4]}"
every = "5min"
min = "1s"
observes = ["metric_${n % 64}"]`).join('\n')}
${numbers(200).map((n) => `[[rule]]
id = "rule_${n}"
tier = "health"
on = "metric_${n % 64} > level_${n % 100}"`).join('\n')}
`;

/** How often it looks. */
export const CHECKS = (ENDPOINTS * 7 * 24 * 60).toLocaleString('en');

/** The fragment of a link to a scenario. */
export async function linkTo(text) {
  const file = join(mkdtempSync(join(tmpdir(), 'scenario-')), 'own.toml');
  writeFileSync(file, text);
  const { stdout } = await commandLine([file, '--link']);
  return stdout.trim();
}
