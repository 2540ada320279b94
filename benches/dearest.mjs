// Looks for the dearest scenario that is accepted: for each limit one that exhausts it, and some that exhaust several.
// Each runs through the release command line; the table shows the processor time and the memory that it took, and the
// command fails over 2 s or 500 MB. Options: a part of a case's name; --formats for every format of every case.

import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = process.env.ACCELERANDO_PROGRAM ?? 'target/release/accelerando-app';
const MOST_SECONDS = 2;
const MOST_MEGABYTES = 500;
const FORMATS = ['text', 'json', 'csv', 'markdown', 'trace-event', 'svg', 'svg:cadence:dark'];

const times = (count, make) => Array.from({ length: count }, (_, index) => make(index)).join('\n');
const head = (duration, more = '') => `accelerando = 1\nname = "x"\ntitle = "t"\nduration = "${duration}"\n${more}\n`;
const endpoint = (id, every, more = '') => `[[endpoint]]\nid = "${id}"\ntier = "health"\nevery = "${every}"\nmin = "10ms"\n${more.includes('max =') ? '' : 'max = "8784h"\n'}${more}\n`;
const metric = (id, is) => `[[metric]]\nid = "${id}"\nis = "${is}"\n`;
const rule = (id, on, more = '') => `[[rule]]\nid = "${id}"\ntier = "health"\non = "${on}"\n${more}\n`;
const sum = (terms, of) => Array.from({ length: terms }, () => of).join(' + ');
const list = (count, make) => `[${Array.from({ length: count }, (_, index) => `"${make(index)}"`).join(', ')}]`;

// `every` so long that the run has as many starts as it may have.
const every = (hours, endpoints, starts = 249_000) => `${Math.ceil(hours * 3_600_000 * endpoints / starts)}ms`;

const cases = {
  'a week, 20 endpoints each minute': head('168h')
    + times(4, (i) => metric(`m${i}`, `${i} + time / 1h`))
    + times(20, (i) => endpoint(`e${i}`, '1min', `takes = "2s"\nobserves = ${list(4, (j) => `m${j}`)}`))
    + times(10, (i) => rule(`r${i}`, `m0 > ${i * 10} and m1 > ${i}`, `calls = [{ endpoint = "e${i}", every = "90s", ttl = "5min" }]`)),
  'starts, one endpoint over a year': head('8784h') + metric('m', '1') + endpoint('a', every(8784, 1), 'observes = ["m"]'),
  'starts, 10 ms apart': head('41min') + metric('m', 'time / 1h') + endpoint('a', '10ms', 'observes = ["m"]'),
  'starts, 128 endpoints that take time': head('168h') + times(128, (i) => endpoint(`e${i}`, every(168, 128, 240_000), 'takes = "1s"')),
  'steps, rules of 100 terms': head('168h') + metric('m', 'time / 1h')
    + endpoint('a', every(168, 1, 5_900), 'observes = ["m"]')
    + times(60, (i) => rule(`r${i}`, `${sum(80, 'm')} > ${i * 100}`)),
  'steps, one timed world': head('8784h') + times(64, (i) => metric(`m${i}`, sum(50, 'time / 1h')))
    + endpoint('a', every(8784, 1, 4_500), `observes = ${list(64, (i) => `m${i}`)}`)
    + rule('r', 'm0 > 5'),
  'a timed world whose problems come and go': head('8784h')
    + times(20, (i) => metric(`m${i}`, `if clamp(time / 1h * ${i + 1}, 0, 100000) > ${i} then max(0, time / 1min - 10) else 0`))
    + times(40, (i) => endpoint(`e${i}`, every(8784, 40, 45_000), `observes = ${list(20, (j) => `m${j}`)}`))
    + times(60, (i) => rule(`r${i}`, `m${i % 20} > ${i} and m${(i + 1) % 20} > ${i} and m${(i + 2) % 20} < ${i * 3}`)),
  'phases in which problems come and go': head('8784h')
    + '[phases]\ncolumns = { ' + Array.from({ length: 64 }, (_, i) => `c${i} = ""`).join(', ') + ' }\n'
    + times(64, (p) => `[[phase]]\nid = "p${p}"\nfrom = "${p * 137}:00:00"\nvalues = { ${Array.from({ length: 64 }, (_, i) => `c${i} = ${(p + i) % 2}`).join(', ')} }\n`)
    + times(64, (i) => metric(`m${i}`, `c${i}`))
    + times(64, (i) => endpoint(`e${i}`, every(8784, 64, 15_000), `observes = ${list(64, (j) => `m${j}`)}`))
    + times(64, (i) => rule(`r${i}`, `m${i} > 0 and m${(i + 1) % 64} < 1`)),
  'recoveries that grow for the whole run': head('720h')
    + times(100, (i) => endpoint(`e${i}`, '1h', 'effect = { text = "x", delay = "1s", ramp = "720h" }\nobserves = ["m"]').replace('health', 'recovery'))
    + metric('m', Array.from({ length: 100 }, (_, i) => `e${i}.progress`).join(' + '))
    + rule('r', 'm > 50'),
  'a cron each second': head('48h', 'time_zone = "Europe/Berlin"\nstart = "2026-10-24T00:00:00Z"') + metric('m', '1')
    + '[[endpoint]]\nid = "a"\ntier = "health"\ncron = "* * * * * *"\nmin = "0ms"\nobserves = ["m"]\n',
  'crons that never come': head('8784h') + times(126, (i) => `[[endpoint]]\nid = "e${i}"\ntier = "health"\ncron = "0 0 31 2 *"\nmax = "24h"\n`)
    + endpoint('a', every(8784, 1)),
  'messages, long ones': head('8784h') + endpoint('a', '1h5min', `message = "${'x '.repeat(1_000)}"`).replace('health', 'alert'),
  'messages, short ones': head('168h') + endpoint('a', every(168, 1), `message = "it is {time:moment}: ${'word '.repeat(8)}"`).replace('health', 'alert'),
  'reasons that are never the same': head('168h') + metric('m', 'time / 1h')
    + endpoint('a', every(168, 1, 80_000), 'observes = ["m"]')
    + rule('r', 'm > 0', `reason = "at {time:moment} ${'word '.repeat(30)}"\ncalls = [{ endpoint = "a", every = "8s", ttl = "20s" }]`),
  'one reason for each start': head('168h') + metric('m', 'time / 1h')
    + endpoint('a', '168h', 'max = "168h"\nobserves = ["m"]')
    + rule('r', 'm >= 0', `reason = "${'word '.repeat(13)}"\ncalls = [{ endpoint = "a", every = "${every(168, 1, 245_000)}", ttl = "168h" }]`),
  'observations': head('168h') + times(64, (i) => metric(`m${i}`, `${i} + time / 1h`))
    + endpoint('a', every(168, 1, 15_500), `observes = ${list(64, (i) => `m${i}`)}`),
  'rules that go on and off each time': head('168h') + metric('m', 'time / 1h')
    + endpoint('a', every(168, 1, 1_200), 'observes = ["m"]')
    + times(200, (i) => rule(`r${i}`, 'm > 0', 'off = "m > 0"\ndwell = "0s"\nconsider = "m > 0"')),
  'held back by many, shown by many': head('168h') + metric('m', 'time / 1h')
    + times(126, (i) => endpoint(`e${i}`, '168h'))
    + endpoint('a', every(168, 1, 3_700), 'observes = ["m"]')
    + rule('r', 'm > 0', `off = "m > 0"\ndwell = "0s"\nconsider = "m > 0"\ncalls = [${Array.from({ length: 126 }, (_, i) => `{ endpoint = "e${i}", wake = true }`).join(', ')}]`),
  'claims that ask about everything': head('168h') + metric('m', 'time / 1h')
    + endpoint('a', every(168, 1), 'observes = ["m"]')
    + rule('r', 'm > 5 and time_of_day > 2h', 'off = "m > 5"\ndwell = "0s"\nconsider = "m > 1"')
    + times(250, (i) => `[[claim]]\nid = "c${i}"\ntext = "x"\nexpected = "x"\nactual = "{checks()}"\nholds = "${Array.from({ length: 9 }, (_, j) => [
      `relaxes_from(a, ${j}h)`, `asleep_between(a, 0h, ${j}h)`, `seen_after(r) > 0s`, 'fastest_cadence() > 1s', `times_on(r) > ${j}`,
      `cadence(a, ${j}h) > 1s`, 'considered(r) > 1s', `runs_between(a, 1h, ${j}h) > 3`, `tier_runs_between(health, 1h, ${j}h) > 3`,
    ][j]).join(' and ')}"\n`),
  'fixed schedules': head('168h') + metric('m', 'time / 1h')
    + times(20, (i) => endpoint(`e${i}`, every(168, 20, 100_000), 'observes = ["m"]'))
    + rule('r', 'm > 5')
    + times(16, (i) => `[[policy]]\nid = "p${i}"\nevery = { e${i} = "1s" }\n`),
  'a start that is shifted through a day': head('168h')
    + '[phases]\ncolumns = { c = "" }\n[[phase]]\nid = "p"\nfrom = "0:00"\nvalues = { c = 0 }\n[[phase]]\nid = "q"\nfrom = "24:00:00"\nvalues = { c = 1 }\n'
    + metric('m', 'c') + metric('n', 'c + time / 10000h')
    + endpoint('slow', '24h', 'max = "24h"\nobserves = ["m", "n"]')
    + times(20, (i) => endpoint(`e${i}`, every(168, 20, 200_000), 'observes = []'))
    + rule('r', 'm > 0 and n > 0'),
  'orders that are long': head('168h') + times(60, (i) => endpoint(`e${i}`, every(168, 60, 100_000), `milder = ${list(60, (j) => `e${j}`)}`)),
  'findings and sleepers': head('168h') + metric('m', 'time / 1h')
    + endpoint('a', every(168, 1, 80_000), 'observes = ["m"]')
    + `[[endpoint]]\nid = "b"\ntier = "health"\nasleep = true\nsleeps_after_run = true\nmin = "0s"\n`
    + rule('r', 'm > 0', 'off = "m > 0"\ndwell = "0s"\ncalls = [{ endpoint = "b", wake = true, in = "1ms", ttl = "1s" }]\nfinding = { of = "b", text = "{m}" }'),
  'everything at once': head('168h')
    + times(60, (i) => metric(`m${i}`, `${sum(20, 'time / 1h')} + ${i}`))
    + times(50, (i) => endpoint(`e${i}`, every(168, 50, 800), `takes = "1s"\nobserves = ${list(60, (j) => `m${j}`)}\nmessage = "{m0} ${'word '.repeat(300)}"`))
    + times(100, (i) => rule(`r${i}`, `m${i % 60} > ${i} and m${(i + 1) % 60} > ${i * 2}`, `off = "m0 > ${i}"\ndwell = "0s"\nconsider = "m0 > 1"\nreason = "{m0} ${'word '.repeat(20)}"\ncalls = [{ endpoint = "e${i % 50}", every = "12h", ttl = "24h" }]`))
    + times(10, (i) => `[[policy]]\nid = "p${i}"\nevery = { e${i} = "10s" }\n`),
  'calls that are refused': head('168h') + metric('m', 'time / 1h') + endpoint('a', every(168, 1, 480), 'observes = ["m"]')
    + rule('r', 'm > 0', `off = "m > 0"\ndwell = "0s"\ncalls = [${Array.from({ length: 1_000 }, () => '{ endpoint = "a", every = "1h", ttl = "0s" }').join(', ')}]`),
  'calls on a cron that never comes': head('168h') + metric('m', 'time / 1h') + endpoint('a', every(168, 1, 480), 'observes = ["m"]')
    + '[[endpoint]]\nid = "b"\ntier = "health"\ncron = "0 0 31 2 *"\n'
    + rule('r', 'm > 0', `off = "m > 0"\ndwell = "0s"\ncalls = [${Array.from({ length: 1_000 }, () => '{ endpoint = "b", wake = true }').join(', ')}]`),
  'crons of every ten minutes over months': head('2700h') + metric('m', 'time / 1h')
    + times(15, (i) => `[[endpoint]]\nid = "e${i}"\ntier = "health"\ncron = "*/10 * * * *"\nobserves = ["m"]\n`),
  'a cron that never comes, run all the time': head('168h') + metric('m', 'time / 1h')
    + endpoint('a', every(168, 1, 80_000), 'observes = ["m"]')
    + '[[endpoint]]\nid = "b"\ntier = "health"\ncron = "0 0 31 2 *"\nmin = "0s"\n'
    + rule('r', 'm >= 0', 'off = "m >= 0"\ndwell = "0s"\ncalls = [{ endpoint = "b", in = "1ms", ttl = "1s" }]'),
  'nothing but a long text': head('40min', `about = "${'x'.repeat(8_000)}"\n${'# and so on\n'.repeat(80_000)}`) + endpoint('a', '5min'),
  'a year of little': head('8784h') + times(50, (i) => metric(`m${i}`, 'time / 1h')) + endpoint('a', '1h', 'observes = ["m0"]') + rule('r', 'm0 > 100'),
  // These are refused, and that must be as cheap.
  'refused: a fault on each line': head('40min') + times(80_000, (i) => `k${i} = 1`),
  'refused: lines that are no TOML': times(160_000, () => 'x x'),
  'refused: unknown names': head('40min') + endpoint('a', '5min', `message = "${'{x}'.repeat(200_000)}"`),
  'refused: lists of unknown names': head('40min') + endpoint('a', '5min', `observes = ${list(200_000, () => 'abcdefg')}`),
  'refused: tables within tables': `x = ${'['.repeat(300_000)}`,
  'refused: many tables': head('40min') + times(60_000, () => '[[rule]]'),
  'refused: functions within functions': head('40min') + '[functions]\nf0 = { of = "x", is = "x + x" }\n'
    + times(60, (i) => `f${i + 1} = { of = "x", is = "f${i}(x) + f${i}(x)" }`) + '\n' + metric('m', 'f60(1)') + endpoint('a', '5min'),
  'refused: a chain of functions': head('40min') + '[functions]\nf0 = { of = "x", is = "x + x" }\n'
    + times(60, (i) => `f${i + 1} = { of = "x", is = "${'f' + i}(x) + 1" }`) + '\n' + times(200, (i) => metric(`m${i}`, sum(90, 'f60(1)'))) + endpoint('a', '5min'),
  'refused: too long to run': head('8784h') + endpoint('a', '10ms', 'max = "10ms"'),
  'refused: a message of a megabyte': head('168h') + endpoint('a', '1s', `message = "${'x'.repeat(1_000_000)}"`),
  'refused: calls without end': head('168h') + metric('m', 'time / 1h') + endpoint('a', '3s', 'observes = ["m"]')
    + rule('r', 'm >= 0', `calls = [${Array.from({ length: 1_000 }, () => '{ endpoint = "a", every = "1h", ttl = "1h" }').join(', ')}]`),
};

const folder = mkdtempSync(join(tmpdir(), 'dearest-'));
const nowhere = openSync('/dev/null', 'w');
const TICKS = 100;

// Runs the program and looks every millisecond at what the system counts for it.
function measured(args) {
  return new Promise((resolve) => {
    const child = spawn(PROGRAM, args, { stdio: ['ignore', nowhere, 'pipe'] });
    let [ticks, kilobytes, told] = [0, 0, ''];
    child.stderr.on('data', (data) => { told = (told + data).slice(0, 300); });
    const look = () => {
      try {
        const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ').pop().split(' ');
        ticks = Math.max(ticks, Number(stat[11]) + Number(stat[12]));
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        kilobytes = Math.max(kilobytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
      } catch { /* it has just ended */ }
    };
    const timer = setInterval(look, 2);
    child.on('exit', (code, signal) => {
      clearInterval(timer);
      resolve({ code: code ?? signal, seconds: ticks / TICKS, megabytes: kilobytes / 1_000, told });
    });
  });
}

const options = process.argv.slice(2);
const wanted = options.find((option) => !option.startsWith('--')) ?? '';
let failed = 0;
console.log(`${'scenario'.padEnd(46)}${'format'.padEnd(18)}${'code'.padStart(5)}${'s'.padStart(7)}${'MB'.padStart(7)}`);
for (const [name, text] of Object.entries(cases).filter(([name]) => name.includes(wanted))) {
  const file = join(folder, 'case.toml');
  writeFileSync(file, text);
  const isRefused = name.startsWith('refused');
  const formats = options.includes('--formats') && !isRefused ? FORMATS : ['text'];
  for (const format of formats) {
    const { code, seconds, megabytes, told } = await measured([file, '--format', format]);
    const over = seconds > MOST_SECONDS || megabytes > MOST_MEGABYTES;
    const wrong = isRefused ? code !== 2 : code !== 0 && code !== 1;
    failed += over || wrong ? 1 : 0;
    const mark = over ? '  OVER' : wrong ? `  WRONG: ${told.split('\n')[0].replace(file, '').slice(0, 200)}` : '';
    console.log(`${name.padEnd(46)}${format.padEnd(18)}${String(code).padStart(5)}${seconds.toFixed(2).padStart(7)}${megabytes.toFixed(0).padStart(7)}${mark}`);
  }
}
rmSync(folder, { recursive: true });
console.log(failed ? `${failed} over ${MOST_SECONDS} s or ${MOST_MEGABYTES} MB, or not as they should be` : `all within ${MOST_SECONDS} s and ${MOST_MEGABYTES} MB`);
process.exitCode = failed ? 1 : 0;
