// Files and links that are made to freeze or kill whoever opens them, each at a size that once did harm.
import { deflateRawSync } from 'node:zlib';

const MIB = 1 << 20;
/** `count` pieces, one after the other. */
const many = (count, piece) => Array.from({ length: count }, (_, index) => piece(index)).join('');
const head = (duration = '40min', more = '') =>
  `accelerando = 1\nname = "mine"\ntitle = "Mine"\nabout = "What it is."\nduration = "${duration}"\n${more}\n`;
const metric = (id, is = '1') => `[[metric]]\nid = "${id}"\nname = "${id}"\nunit = ""\nis = "${is}"\n`;
const endpoint = (id, more) => `[[endpoint]]\nid = "${id}"\nname = "${id}"\ntier = "health"\n${more}\n`;
const rule = (id, on) => `[[rule]]\nid = "${id}"\nname = "${id}"\ntier = "health"\non = "${on}"\n`;
const often = (every, observes = ['m']) => endpoint('a', `every = "${every}"\nmin = "0ms"\nmax = "1h"\nobserves = ${JSON.stringify(observes)}`);
/** A sum of so many, in parentheses that lie within each other as little as can be. */
const sum = (count, term) => {
  if (count === 1) return term;
  const half = Math.ceil(count / 2);
  return `(${sum(half, term)}+${sum(count - half, term)})`;
};
/** Functions of which each calls the one before it so many times. */
const functions = (levels, calls, more = '') => `[functions]\nf0 = { of = "x", is = "x + x" }\n${many(levels, (level) =>
  `f${level + 1} = { of = "x", is = "${sum(calls, `f${level}(x)`)}${more}" }\n`)}`;

/** Scenario files: a name, and the text or bytes. */
export const FILES = {
  'a year, looked at every 16 s': head('8784h') + metric('m') + often('16s'),
  'a year, looked at every 10 ms': head('8784h') + endpoint('a', 'every = "10ms"\nmin = "0ms"\nmax = "10ms"'),
  'two million looks at one metric': head('555h') + metric('m') + often('1s'),
  'two million looks at 1,000 metrics': head('555h') + many(1_000, (i) => metric(`m${i}`, `time / 1s + ${i}`)) +
    often('1s', Array.from({ length: 1_000 }, (_, i) => `m${i}`)),
  'functions that call each other twice, 27 deep': head() + functions(27, 2) + metric('m', 'f27(1)') + often('1min'),
  'functions that call each other 300 times, 4 deep': head() + functions(4, 300) + metric('m', 'f4(1)') + often('1min'),
  'functions in a chain of 15, each as long as may be, in 900 metrics': head() + functions(15, 1, ` + ${sum(900, 'x')}`) +
    many(900, (i) => metric(`m${i}`, 'f15(1)')) + often('1min', ['m0']),
  'functions in a chain of 5,000': head() + functions(5_000, 1) + metric('m', 'f5000(1)') + often('1min'),
  'a name of 300,000 letters, and one that is nearly it': head() + metric('m') + endpoint('e'.repeat(300_000), 'every = "1min"\nobserves = ["m"]') +
    `${rule('r', 'm > 1')}calls = [{ endpoint = "${'e'.repeat(299_999)}f", every = "30s", ttl = "90s" }]\n`,
  'a field of 900,000 letters': `${head()}${'d'.repeat(900_000)} = "40min"\n${metric('m')}${often('1min')}`,
  'a thousand names, each asked for nearly': head() + many(1_000, (i) => metric(`m${'x'.repeat(60)}${i}`)) +
    often('1min', ['m0']) + many(900, (i) => rule(`r${i}`, `m${'x'.repeat(60)}y${i} > 1`)),
  'a thousand crons that never come': head('8784h') + many(1_000, (i) => endpoint(`e${i}`, 'cron = "0 0 30 2 *"')),
  'a thousand crons of every minute, for a year': head('8784h') + many(1_000, (i) => endpoint(`e${i}`, 'cron = "* * * * *"\nmin = "0ms"')),
  'a thousand crons of every second': head('24h') + many(1_000, (i) => endpoint(`e${i}`, 'cron = "* * * * * *"\nmin = "0ms"')),
  'a cron of a megabyte': head() + endpoint('e', `cron = "${'0,'.repeat(400_000)}0 * * * *"`),
  '800 rules of 100 terms over two million events': head('555h') + metric('m', 'time / 1s') + often('1s') +
    many(800, (i) => rule(`r${i}`, Array.from({ length: 100 }, (_, j) => `m>${10 + j % 90}`).join(' or '))),
  'rules that hold for as long as it takes': head('555h') + metric('m', 'time / 1s') + often('1s') +
    many(900, (i) => rule(`r${i}`, `m > ${i} for 100h`)),
  'a message of nearly a megabyte, said in each run': head('24h') + metric('m') +
    endpoint('a', `every = "1s"\nmin = "0ms"\nobserves = ["m"]\nmessage = "${'word '.repeat(180_000)}"`),
  'a message of 100,000 numbers, said in each run': head('24h') + metric('m') +
    endpoint('a', `every = "1s"\nmin = "0ms"\nobserves = ["m"]\nmessage = "${'{m}'.repeat(100_000)}"`),
  '13,000 phases': head('24h', '[phases]\ncolumns = { work = "" }') + many(13_000, (i) =>
    `[[phase]]\nid = "p${i}"\nname = "P"\nfrom = "${Math.floor(i / 60)}:${String(i % 60).padStart(2, '0')}"\nvalues = { work = 1 }\n`) + metric('m') + often('1min'),
  '700 columns in 70 phases': head('24h', `[phases]\ncolumns = { ${Array.from({ length: 700 }, (_, i) => `c${i} = ""`).join(', ')} }`) +
    many(70, (i) => `[[phase]]\nid = "p${i}"\nname = "P"\nfrom = "${i}:00"\nvalues = { ${Array.from({ length: 700 }, (_, j) => `c${j} = 1`).join(', ')} }\n`) + metric('m') + often('1min'),
  '10,000 endpoints': head('24h') + many(10_000, (i) => endpoint(`e${i}`, 'every = "1min"')),
  '9,000 metrics, each of the one before': head() + metric('m0') + many(9_000, (i) => metric(`m${i + 1}`, `m${i} + 1`)) + often('1min', ['m0']),
  '1,000 claims over a day of looks': head('24h') + metric('m') + often('1s') + many(1_000, (i) =>
    `[[claim]]\nid = "c${i}"\ntext = "it runs"\nexpected = "${i} times"\nactual = "{runs(a)}, {fastest_cadence()}"\nholds = "runs(a) > ${i} and longest_cooldown() < 1h"\n`),
  '9,000 thresholds': `${head()}[thresholds]\n${many(9_000, (i) => `"t${i}.on" = { default = "1", from = "0", to = "9", text = "t" }\n`)}${metric('m')}${often('1min')}`,
  '1,000 chapters': head('24h') + metric('m') + often('1s') + many(1_000, (i) =>
    `[[chapter]]\nid = "c${i}"\ntitle = "C"\nat = "1:00"\nsentences = [{ text = "{runs(a)} runs" }]\n`),
  '100,000 empty rules': head() + metric('m') + often('1min') + '[[rule]]\n'.repeat(100_000),
  '400,000 lines that are each a fault': 'x\n'.repeat(400_000),
  '90,000 fields that nobody knows': head() + many(90_000, (i) => `u${i} = 1\n`),
  'the same field again and again': 'a = 1\n'.repeat(170_000),
  'brackets without end': `a = ${'['.repeat(500_000)}`,
  'tables in tables without end': `a = ${'{a='.repeat(300_000)}`,
  'a key of 400,000 parts': `${'a.'.repeat(400_000)}a = 1\n`,
  'parentheses without end': head() + metric('m', '('.repeat(200_000)) + often('1min'),
  'signs without end': head() + metric('m', '-'.repeat(3_900) + '1') + often('1min'),
  'numbers beyond all numbers': `${head('999999999999999999h')}seed = 99999999999999999999\n${metric('m', '1e999 * -1e999 / 0')}${often('0.0000001ms')}`,
  'a megabyte of text in the title': `accelerando = 1\nname = "mine"\ntitle = "${'t'.repeat(MIB - 400)}"\nduration = "40min"\nabout = "a"\n${metric('m')}${often('1min')}`,
  'two megabytes': `# ${'x'.repeat(2 * MIB)}\n${head()}`,
  'five megabytes of faults': '=\n'.repeat(2.5 * MIB),
  'escape codes and mirrored text in a fault': `${head()}"\\u001b[31m\\u202e" = 1\n\u202e\u2066 = 2\n`,
  nothing: '',
  'no text': Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x80, 0x0a, 0xc3]),
  zeros: Buffer.alloc(MIB),
};

const packed = (text) => deflateRawSync(Buffer.from(text), { level: 9 }).toString('base64url');

/** The ends of links; on a command line none can be longer than 128 KiB. */
export const LINKS = {
  'nothing of it': '#',
  '64 MiB in 64 KiB': `#v=1&z=${packed('\0'.repeat(64 * MIB))}`,
  'a megabyte of empty fields': `#v=1&z=${packed('&'.repeat(MIB - 10))}`,
  '120,000 empty fields': `#v=1${'&'.repeat(120_000)}`,
  '500,000 fields without a value': `#v=1&z=${packed('q&'.repeat(500_000))}`,
  '60,000 unknown fields': `#v=1${'&q'.repeat(60_000)}`,
  '500,000 empty levers': `#v=1&z=${packed(`l=${','.repeat(500_000)}`)}`,
  '200,000 levers of nobody': `#v=1&z=${packed(`l=${'abc:1,'.repeat(160_000)}`)}`,
  '500,000 empty calls': `#v=1&z=${packed(`c=${','.repeat(500_000)}`)}`,
  '100,000 calls at one moment': `#v=1&z=${packed(`c=${'ghy:1.w,'.repeat(100_000)}`)}`,
  '10,000 calls, one after the other': `#v=1&z=${packed(`c=${many(10_000, (i) => `ghy:${(i * 100).toString(36)}.w,`)}`)}`,
  '500,000 empty calls of B': `#v=1&z=${packed(`bc=${','.repeat(500_000)}`)}`,
  'short in short in short': `#v=1&z=${packed(`z=${packed(`z=${packed('v=1&'.repeat(100_000))}`)}`)}`,
  'a scenario of 64 MiB': `#v=1&s=Fryy~0.8.1~${packed('\n'.repeat(64 * MIB))}`,
  'a scenario of numbers beyond all numbers': `#v=1&s=Fryy~${'zzzzzzzzzzzzzzz.'.repeat(5_000)}~AAAA`,
  'a scenario of 60,000 pieces': `#v=1&s=Fryy~${'0.0.'.repeat(30_000)}~AAAA`,
  'moments beyond all moments': '#v=1&t=zzzzzzzzzzzzzzzz&w=-zzzzzzzzzzzz.zzzzzzzzzzzzzz&e=EWf:zzzzzzzzzzzzzzzzz',
  'a rival of 120,000 letters': `#v=1&r=c${'A'.repeat(120_000)}`,
  'a rival that never comes': `#v=1&r=c${Buffer.from('0 0 30 2 *').toString('base64url')}`,
  'a chapter of 120,000 letters': `#v=1&h=${'x'.repeat(120_000)}`,
  'a sum of 120,000 letters': `#v=1&x=1.${'A'.repeat(60_000)}&k=${'A'.repeat(60_000)}`,
  'escape codes and mirrored text': `#v=1&\u001b[31m=\u202e&l=\u001b]0;x\u0007:1&p=\u2066`,
};

/** Other arguments that hold much. */
export const ARGUMENTS = {
  'a parameter of 120,000 letters': ['--set', `${'traffic'.repeat(17_000)}=1`],
  'a value of 120,000 letters': ['--set', `traffic=${'9'.repeat(120_000)}`],
  'an endpoint of 120,000 letters': ['--explain', `${'traffic_monitor'.repeat(8_000)}@1:00`],
  'a format of 120,000 letters': ['--format', 'json'.repeat(30_000)],
  'a name of 120,000 letters': ['flash-sale'.repeat(12_000)],
  'escape codes': ['--set', '\u001b[31m\u202e=1'],
};
