// The declarations: strict TypeScript accepts what is right, refuses what is wrong, and the values fit.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import {
  claims, compare, explain, MIN, parse, root, S, Scheduler, simulate, worksToml,
} from './loaded.mjs';

const tsc = fileURLToPath(new URL('node_modules/.bin/tsc', import.meta.url));
let folder;

before(() => {
  assert.ok(existsSync(tsc), 'TypeScript is missing: `scripts/with-tools true` brings it in');
  folder = mkdtempSync(join(tmpdir(), 'accelerando-types-'));
  cpSync(join(root, 'pkg'), join(folder, 'pkg'), { recursive: true });
});
after(() => rmSync(folder, { recursive: true }));

/** What strict TypeScript says of a program that imports everything from the package. */
const compiled = (name, program) => {
  const names = 'claims, compare, drawParts, explain, exportAs, initSync, moment, parse, Scheduler, simulate, slider';
  const types = 'AccelerandoError, Answer, Claim, Comparison, Context, Decision, Drawing, Due, EndpointSpec, ExportFormat, '
    + 'Explanation, IntervalHintSpec, Moment, Ms, OneShotSpec, Part, PauseSpec, Run, RunResult, Scenario, ScenarioError, '
    + 'SchedulerOptions, SimulateOptions, Slider, Source, Tier';
  const head = `import init, { ${names} } from './pkg/accelerando.js';\nimport type { ${types} } from './pkg/accelerando.js';\n`;
  writeFileSync(join(folder, name), `${head}${program}\nexport {};\n`);
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext', '--moduleResolution', 'nodenext',
    '--lib', 'es2022,esnext.disposable,dom', '--types', '', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
  try {
    execFileSync(tsc, [...options, name], { cwd: folder, encoding: 'utf8' });
    return '';
  } catch (error) {
    return error.stdout;
  }
};

test('the declarations themselves are sound', () => {
  // Without skipLibCheck, so every name in them is looked up.
  assert.equal(compiled('empty.mts', ''), '');
});

test('the surface that others may rely on compiles under strict', () => {
  assert.equal(compiled('surface.mts', `
    await init();
    const spec: EndpointSpec = { id: 'a', tier: 'health', everyMs: 5, minMs: 1, maxMs: 9, cooldownMs: 1, startAtMs: 0, asleep: false };
    const live = new Scheduler([spec, { id: 'b', cron: '* * * * *' }], { governor: 'override', timeZone: 'UTC', epochMs: 0 });
    const answer: Answer = live.proposeInterval('a', { everyMs: 5, ttlMs: 9, reason: 'x' }, 0);
    if (answer.accepted) { const at: Ms | null = answer.decision.atMs; void at; } else { const code: string = answer.code; void code; }
    live.proposeNextTime('a', { inMs: 5, ttlMs: 9 }, 0); live.proposeNextTime('a', { atMs: 5, ttlMs: 9 }, 0);
    live.pauseUntil('a', { untilMs: 5 }, undefined, 0); live.pauseUntil('a', { forever: true }, 'x', 0); live.pauseUntil('a', null, undefined, 0);
    live.clearHints('a', 0);
    const due: { endpoint: string; atMs: Ms } | null = live.nextDue();
    const cause: Decision = live.started('a', 0);
    const next: Decision = live.finished('a', 0, { ok: true, observed: { visitors: 5 } });
    const why: string | undefined = next.candidates[0]?.why;
    const clamp: 'min' | 'max' | 'cooldown' | 'now' | null = cause.clamp;
    const pause: { untilMs: Ms | null; reason: string } | null = next.pause;
    const scenario: Scenario = parse('x');
    const run: Run = simulate(scenario, { parameters: { traffic: 2, fails: true, every: '30s' }, planner(c: Context) {
      const seen: number | null | undefined = c.metrics['traffic'];
      if (seen != null && seen > 5) c.proposeInterval(c.endpoint, { everyMs: 5, ttlMs: 9 });
      c.pauseUntil(c.endpoint, null); c.clearHints(c.endpoint); c.proposeNextTime(c.endpoint, { inMs: 5, ttlMs: 9 });
      const opened: Ms | undefined = c.incident?.openedAtMs; const on: boolean | undefined = c.rules['spike']; void opened; void on;
    } });
    simulate('flash-sale'); simulate('flash-sale', { rules: 'act', planner: () => {} });
    const rows: Comparison[] = compare(run, ['cron-5m']); compare(run);
    const explanation: Explanation = explain(run, 'a', 5);
    const kind: 'ran' | 'did_not_run' = explanation.kind;
    const steps: { atMs: Ms; text: string }[] = explanation.steps;
    const all: Claim[] = claims(run);
    const formats: ExportFormat[] = ['json', 'csv', 'markdown', 'trace-event', 'svg', 'svg:cadence', 'svg:dark', 'svg:claims:light'];
    const text: string = exportAs(run, 'svg');
    const parts: Part[] = ['sentence', 'tiers']; const drawing: Drawing = drawParts(run, parts); const html: string | undefined = drawing.parts.tiers;
    const now: Moment = moment(run, 5); const doing: string | undefined = now.endpoints['a']?.doing; const places: Slider = slider(scenario, 'traffic'); slider('x', 'traffic', '1.2'); const at: number = slider('x', 'traffic', 1.2).place;
    const value5: number | undefined = places.values[places.default]; drawParts(run, ['claims'], null); drawParts(run, ['ruler'], 5); void [html, doing, value5, at];
    try { parse(''); } catch (error) { const fault = error as ScenarioError; const place: [number, number] = [fault.line, fault.column]; void place; void fault.all; }
    const source: Source | null | undefined = run.runs[0]?.source; const checks: number = run.totals.checks; const tiers: number = run.totals.by_tier.health;
    const value: string | number | boolean | undefined = run.parameters['traffic']; const fault = run.planner_fault?.message;
    void [due, why, clamp, pause, rows, kind, steps, all, formats, text, source, checks, tiers, value, fault];
  `), '');
});

test('what is wrong does not compile', () => {
  for (const [index, wrong] of [
    "new Scheduler('no')", "new Scheduler([{ everyMs: 5 }])", "new Scheduler([{ id: 'a', tier: 'helth' }])",
    "new Scheduler([]).nextDue().atMs", "new Scheduler([]).started('a')", "new Scheduler([]).proposeInterval('a', { everyMs: 5 }, 0)",
    "simulate(5)", "simulate('x', { parametres: {} })", "simulate('x', { parameters: { a: {} } })", "simulate('x', { planner: 5 })",
    "exportAs(simulate('x'), 'pdf')", "exportAs(simulate('x'), 'svg:pie')", "explain(simulate('x'), 'a')", "explain(simulate('x'), 5, 5)", "claims({})",
    "compare(simulate('x'), 'cron-5m')", "simulate('x').runs[0].endpoint", "parse(5)", "new Context()",
    "drawParts(simulate('x'), ['pie'])", "moment(simulate('x'))", "slider('x')", "slider('x', 'y', {})",
  ].entries()) {
    assert.match(compiled(`wrong${index}.mts`, `void (${wrong});`), /error TS/, wrong);
  }
});

test('what comes out is what the declarations say, field by field', () => {
  const live = new Scheduler([{ id: 'a', everyMs: MIN, cooldownMs: S }, { id: 'b', asleep: true }]);
  const decisions = [live.decision('a'), live.decision('b')];
  live.started('a', 0);
  decisions.push(live.decision('a'), live.finished('a', 0, { ok: false }));
  const answers = [
    live.proposeInterval('a', { everyMs: S, ttlMs: 30 * S, reason: 'x' }, S), live.proposeInterval('x', { everyMs: S, ttlMs: S }, S),
    live.proposeNextTime('a', { inMs: S, ttlMs: MIN }, S), live.pauseUntil('a', { forever: true }, undefined, S),
    live.proposeNextTime('a', { atMs: 0, ttlMs: MIN }, S),
  ];
  const seen = [];
  const runs = [
    simulate('flash-sale'), simulate('flash-sale', { parameters: { traffic: 0.2, 'cache_warm_up.fails': true } }), simulate(worksToml),
    simulate('flash-sale', { planner(c) { seen.push([c.incident, c.metrics, c.observed, c.rules]); if (seen.length > 9) throw new Error('x'); } }),
  ];
  const [run] = runs;
  const values = {
    'Run[]': runs, 'Decision[]': decisions, 'Answer[]': answers, 'Due | null': live.nextDue(), 'Scenario[]': [parse(worksToml)],
    'Explanation[]': [explain(run, 'traffic_monitor', 5 * MIN), explain(run, 'emergency_oncall_page', 15 * MIN)],
    'Comparison[]': compare(run, ['defaults', '*/7 * * * *', 'adaptive']), 'Claim[]': claims(run),
    "[Context['incident'], Context['metrics'], Context['observed'], Context['rules']][]": seen,
  };
  // Object literals are also checked for fields that are not declared.
  const program = Object.entries(values).map(([type, value], index) => `const v${index}: ${type} = ${JSON.stringify(value)}; void v${index};`);
  assert.equal(compiled('values.mts', program.join('\n')), '');
});

test('every declared option is one that is read', () => {
  const declared = readFileSync(join(root, 'pkg/accelerando.d.ts'), 'utf8');
  const fields = (type) => {
    const [, body] = new RegExp(`export interface ${type} \\{([^}]*)\\}`).exec(declared) ?? assert.fail(type);
    return [...body.replaceAll(/\/\*[\s\S]*?\*\//g, '').matchAll(/^\s*(\w+)\??:/gm)].map(([, name]) => name);
  };
  const unknown = (work) => {
    try {
      work();
    } catch (error) {
      return error.code === 'unknown_field';
    }
    return false;
  };
  const live = new Scheduler([{ id: 'a' }]);
  const readers = {
    EndpointSpec: (spec) => new Scheduler([spec]),
    SchedulerOptions: (options) => new Scheduler([], options),
    IntervalHintSpec: (hint) => live.proposeInterval('a', hint, 0),
    OneShotSpec: (hint) => live.proposeNextTime('a', hint, 0),
    RunResult: (result) => live.finished('a', 0, result),
    SimulateOptions: (options) => simulate('flash-sale', options),
  };
  for (const [type, read] of Object.entries(readers)) {
    const names = fields(type);
    assert.ok(names.length > 0, type);
    for (const name of names) assert.ok(!unknown(() => read({ [name]: null })), `${type}.${name}`);
    assert.ok(unknown(() => read({ nothing: null })), type);
  }
});
