// Scenarios and their runs, as JavaScript makes them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  claims, commandLine, compare, explain, exportAs, instance, MIN, parse, S, simulate, thrown, worksToml,
} from './loaded.mjs';

const flashSale = readFileSync(new URL('../../public/scenarios/flash-sale.toml', import.meta.url), 'utf8');
const FORMATS = ['json', 'csv', 'markdown', 'trace-event', 'svg', 'svg:cadence', 'svg:metrics:dark', 'svg:light'];
const plain = (value) => JSON.parse(JSON.stringify(value));

/** Parameters, as JavaScript and as the command line are given them. */
const SETTINGS = [
  [{}, []],
  [{ traffic: 2 }, ['traffic=2']],
  [{ traffic: '0.2' }, ['traffic=0.2']],
  [{ 'scale_checkout_workers.fails': true, 'cache_warm_up.fails': 'true' },
    ['scale_checkout_workers.fails=true', 'cache_warm_up.fails=true']],
  [{ 'traffic_monitor.every': 90_000, seed: 7, noise: 0.05 }, ['traffic_monitor.every=90s', 'seed=7', 'noise=0.05']],
  [{ 'traffic_monitor.min': '5s', 'spike.on': '3500/min' }, ['traffic_monitor.min=5s', 'spike.on=3500/min']],
];

test('a run has the fields of the command line, whatever the parameters', () => {
  for (const [parameters, set] of SETTINGS) {
    const args = set.flatMap((one) => ['--set', one]);
    const run = simulate('flash-sale', { parameters });
    assert.deepEqual(run, JSON.parse(commandLine('--format', 'json', ...args)), String(set));
  }
});

test('every export has the same bytes as the command line writes', () => {
  for (const [parameters, set] of [SETTINGS[0], SETTINGS[3], SETTINGS[4]]) {
    const args = set.flatMap((one) => ['--set', one]);
    const run = simulate('flash-sale', { parameters });
    for (const format of FORMATS) {
      assert.equal(exportAs(run, format), commandLine('--format', format, ...args), `${format} ${set}`);
    }
  }
});

test('a scenario of somebody\'s own runs as on the command line', () => {
  const path = join(tmpdir(), `accelerando-${process.pid}.toml`);
  writeFileSync(path, worksToml);
  const wanted = JSON.parse(commandLine(path, '--format', 'json'));
  assert.deepEqual(simulate(worksToml), wanted);
  assert.deepEqual(simulate(parse(worksToml)), wanted);
  assert.equal(exportAs(simulate(worksToml), 'csv'), commandLine(path, '--format', 'csv'));
});

test('a parsed scenario says what can be asked of it', () => {
  const scenario = parse(flashSale);
  assert.equal(scenario.name, 'flash-sale');
  assert.equal(scenario.durationMs, 40 * MIN);
  assert.equal(scenario.endpoints.length, 10);
  assert.deepEqual(scenario.endpoints.find((e) => e.id === 'traffic_monitor').observes, ['traffic', 'page_load']);
  const traffic = scenario.parameters.find((p) => p.name === 'traffic');
  assert.deepEqual([traffic.kind, traffic.from, traffic.to, traffic.default], ['number', 0, 5, 1]);
  assert.deepEqual(simulate(scenario), simulate('flash-sale'));
});

test('the parameters of a run make the same run again', () => {
  const run = simulate('flash-sale', { parameters: { traffic: 1.7, seed: 3, noise: 0.01, 'order_processor_health.every': '90s' } });
  assert.equal(simulate('flash-sale', { parameters: run.parameters }).result_hash, run.result_hash);
});

test('two gaps that contradict each other only on the way can be set in any order', () => {
  const both = { 'traffic_monitor.min': 20 * MIN, 'traffic_monitor.max': 30 * MIN };
  const turned = Object.fromEntries(Object.entries(both).reverse());
  assert.equal(
    simulate('flash-sale', { parameters: both }).result_hash,
    simulate('flash-sale', { parameters: turned }).result_hash,
  );
  const error = thrown(() => simulate('flash-sale', { parameters: { 'traffic_monitor.min': 20 * MIN } }));
  assert.equal(error.code, 'min_over_max');
});

test('an explanation says why something ran, or why it did not', () => {
  const run = simulate('flash-sale');
  const ran = explain(run, 'slack_customer_support', 20 * MIN + 5 * S);
  assert.equal(ran.kind, 'ran');
  assert.match(ran.sentence, /the incident is 15 min old/);
  assert.equal(ran.steps[0].text, 'traffic monitor saw visitors 6,000/min, page load 3,307 ms');
  const not = explain(run, 'emergency_oncall_page', 15 * MIN);
  assert.equal(not.kind, 'did_not_run');
  assert.ok(not.steps.length > 0 && not.steps.every((step) => Number.isInteger(step.atMs)));
});

test('a comparison has the fields of the run\'s own, and takes cron expressions and the defaults', () => {
  const run = simulate('flash-sale', { parameters: { traffic: 2 } });
  assert.deepEqual(compare(run), run.comparison);
  const names = run.comparison.map((row) => row.policy).reverse();
  assert.deepEqual(compare(run, names), [...run.comparison].reverse());
  const [cron, defaults] = compare(run, ['*/5 * * * *', 'defaults']);
  const fixed = run.comparison.find((row) => row.policy === 'cron-5m');
  assert.deepEqual({ ...cron, policy: 'cron-5m' }, fixed);
  const own = simulate('flash-sale').comparison[0];
  assert.deepEqual({ ...defaults, policy: 'adaptive' }, own);
  assert.deepEqual(compare(run, []), []);
});

test('claims are those of the run', () => {
  for (const parameters of [{}, { traffic: 2 }]) {
    const run = simulate('flash-sale', { parameters });
    assert.deepEqual(claims(run), run.claims);
  }
  assert.ok(claims(simulate('flash-sale')).every((claim) => claim.holds));
});

test('a run is a plain object that can be cloned, sent and written; what is asked of a copy is answered or refused', () => {
  const run = simulate('flash-sale', { parameters: { traffic: 1.5 } });
  assert.equal(Object.getPrototypeOf(run), Object.prototype);
  assert.ok(!Object.keys(run).includes('recipe'));
  for (const copy of [structuredClone(run), plain(run), { ...run }]) {
    assert.equal(exportAs(copy, 'csv'), exportAs(run, 'csv'));
  }
  // Fields that were changed no longer say how the run was made.
  const changed = { ...plain(run), parameters: { ...run.parameters, traffic: 3 } };
  assert.equal(thrown(() => exportAs(changed, 'csv')).code, 'lost_recipe');
  const own = simulate(worksToml);
  assert.equal(thrown(() => claims(structuredClone(own))).code, 'lost_recipe');
  assert.deepEqual(claims({ ...structuredClone(own), recipe: own.recipe }), own.claims);
});

test('questions about a run are answered although many others were made since', () => {
  const first = simulate('flash-sale', { parameters: { seed: 1, noise: 0.05 } });
  const before = exportAs(first, 'trace-event');
  for (let seed = 2; seed < 12; seed += 1) simulate('flash-sale', { parameters: { seed, noise: 0.05 } });
  assert.equal(exportAs(first, 'trace-event'), before);
});

test('memory does not grow with the number of simulations', () => {
  const some = (from, count, options) => {
    for (let seed = from; seed < from + count; seed += 1) {
      const run = simulate('flash-sale', { parameters: { seed }, ...options });
      explain(run, 'traffic_monitor', 5 * MIN);
      thrown(() => simulate('flash-sale', { parameters: { seed, traffic: 99 } }));
    }
    return instance.memory.buffer.byteLength;
  };
  const plainly = some(0, 20);
  assert.equal(some(20, 60), plainly);
  // What is left of an own planner's context is small, and waits for the collector, which cannot come meanwhile.
  const own = { planner() {}, rules: 'act' };
  const before = some(0, 20, own);
  assert.ok(some(20, 300, own) <= before + 2 * 65_536);
});

test('every fault of a text comes at once, with its place', () => {
  const text = flashSale.replace('traffic > spike.on', 'trafic > spike.on').replace('duration = "40min"', 'duration = "soon"');
  assert.notEqual(text, flashSale);
  const error = thrown(() => parse(text));
  assert.ok(error instanceof Error);
  assert.equal(error.name, 'ScenarioError');
  assert.ok(error.all.length >= 2, String(error.all.length));
  assert.deepEqual(
    [error.code, error.message, error.line, error.column],
    [error.all[0].code, error.all[0].message, error.all[0].line, error.all[0].column],
  );
  const lines = text.split('\n');
  const near = error.all.find((fault) => fault.message.includes('trafic'));
  assert.match(near.message, /did you mean `traffic`/);
  assert.equal(lines[near.line - 1].slice(near.column - 1, near.column + 5), 'trafic');
  assert.ok(error.all.every((fault) => fault instanceof Error && fault.all.length === 0));
  assert.equal(thrown(() => simulate(text)).name, 'ScenarioError');
});

test('what a caller gets wrong is an Error with a code, and says what would be right', () => {
  const run = simulate('flash-sale');
  const cases = [
    [() => simulate('flash-sal'), 'unknown_scenario', /did you mean `flash-sale`/],
    [() => simulate('zzz'), 'unknown_scenario', /there ship flash-sale/],
    [() => simulate(5), 'bad_input', /scenario must be a string/],
    [() => simulate({}), 'bad_input', /scenario\.toml must be a string/],
    [() => simulate('flash-sale', { parametres: {} }), 'unknown_field', /did you mean `parameters`/],
    [() => simulate('flash-sale', { parameters: { trafic: 2 } }), 'unknown_parameter', /did you mean `traffic`/],
    [() => simulate('flash-sale', { parameters: { zzz: 2 } }), 'unknown_parameter', /parse\(…\)\.parameters/],
    [() => simulate('flash-sale', { parameters: { traffic: 6 } }), 'out_of_range', /from 0 to 5/],
    [() => simulate('flash-sale', { parameters: { traffic: NaN } }), 'malformed_value', /such as `1.5`/],
    [() => simulate('flash-sale', { parameters: { traffic: 'much' } }), 'malformed_value', /`much`/],
    [() => simulate('flash-sale', { parameters: { traffic: true } }), 'malformed_value', /`true`/],
    [() => simulate('flash-sale', { parameters: { seed: 1.5 } }), 'malformed_value', /whole number/],
    [() => simulate('flash-sale', { parameters: { 'cache_warm_up.fails': 1 } }), 'malformed_value', /`true` or `false`/],
    [() => simulate('flash-sale', { parameters: { traffic: {} } }), 'bad_input', /a number, true or false, or a string/],
    [() => simulate('flash-sale', { planner: 5 }), 'bad_input', /options\.planner must be a function/],
    [() => simulate('flash-sale', { rules: 'watch' }), 'bad_input', /only beside options\.planner/],
    [() => simulate('flash-sale', { rules: 'sleep', planner() {} }), 'bad_input', /watch, act/],
    [() => explain(run, 'trafic_monitor', 0), 'unknown_endpoint', /did you mean `traffic_monitor`/],
    [() => explain(run, 'traffic_monitor', 40 * MIN), 'out_of_range', /2400000/],
    [() => explain(run, 'traffic_monitor', -1), 'out_of_range', /from 0/],
    [() => explain(run, 'traffic_monitor', 0.5), 'bad_input', /integer number of milliseconds/],
    [() => explain({}, 'traffic_monitor', 0), 'lost_recipe', /what simulate gave/],
    [() => compare(run, ['cron-5min']), 'unknown_policy', /did you mean `cron-5m`/],
    [() => compare(run, ['61 * * * *']), 'bad_cron', /61/],
    [() => compare(run, 'cron-5m'), 'bad_input', /policies must be an array/],
    [() => exportAs(run, 'jsn'), 'unknown_format', /did you mean `json`/],
    [() => exportAs(run), 'bad_input', /format must be a string/],
    [() => claims(null), 'bad_input', /what simulate gave/],
    [() => claims({ recipe: {} }), 'lost_recipe', /damaged/],
    [() => parse(undefined), 'bad_input', /toml must be a string/],
    [() => parse('x'.repeat((1 << 20) + 1)), 'too_large', /1048576/],
    [() => parse('x'.repeat(5 << 20)), 'too_large', /4194304/],
  ];
  for (const [work, code, message] of cases) {
    const error = thrown(work);
    assert.ok(error instanceof Error, String(work));
    assert.equal(error.code, code, `${work}: ${error.message}`);
    assert.match(error.message, message);
  }
});

test('several parameters that cannot be set are told at once', () => {
  const error = thrown(() => simulate('flash-sale', { parameters: { trafic: 1, seed: -1, noise: 9 } }));
  assert.deepEqual(error.all.map((fault) => fault.code), ['unknown_parameter', 'malformed_value', 'out_of_range']);
  assert.equal(error.code, 'unknown_parameter');
});

test('a run that would not end, or is too large for one object, is refused', () => {
  const endless = worksToml.replace('duration = "30min"', 'duration = "8000h"').replaceAll(/every = "[^"]*"/g, 'every = "1s"');
  assert.equal(thrown(() => simulate(endless)).code, 'too_many_events');
  const long = worksToml.replace('duration = "30min"', 'duration = "8000h"').replaceAll(/every = "[^"]*"/g, 'every = "10min"');
  assert.equal(thrown(() => simulate(long)).code, 'too_large');
});
