// What views are made of: parts of the picture, the words at a moment, the places of sliders.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { drawParts, MIN, moment, parse, S, simulate, slider, thrown, worksToml } from './loaded.mjs';

const PARTS = ['sentence', 'ruler', 'metrics', 'timeline', 'cadence', 'tiers', 'claims'];
const run = simulate('flash-sale');

test('every part is drawn, with nothing in it that a strict policy forbids', () => {
  const { parts, atMs, endMs } = drawParts(run, PARTS);
  assert.deepEqual(Object.keys(parts).sort(), [...PARTS].sort());
  for (const [name, html] of Object.entries(parts)) {
    assert.ok(html.length > 50, name);
    assert.doesNotMatch(html, /style=|<script|<style|\son\w+=|href=/, name);
  }
  assert.equal(endMs, 40 * MIN);
  assert.equal(atMs, 20 * MIN + 5 * S, 'the cursor stands at the last message');
  assert.equal(parts.timeline.match(/data-endpoint=/g).length, 10);
  assert.deepEqual(drawParts(run, ['claims']).parts.claims, parts.claims);
});

test('names that a scenario gives are text, whatever they are', () => {
  const named = simulate(worksToml.replaceAll(/^name = "(?!works)[^"]*"/gm, 'name = "<img src=x onerror=alert(1)>"'));
  const html = Object.values(drawParts(named, PARTS).parts).join('');
  assert.doesNotMatch(html, /<img/);
});

test('a moment tells what the tiers show', () => {
  const now = moment(run, 20 * MIN + 10 * S);
  assert.equal(now.endpoints.slack_customer_support.doing, 'just-ran');
  assert.equal(now.endpoints.traffic_monitor.words, 'every 30 s');
  assert.match(now.notes.alert, /Checkout delays/);
  assert.equal(now.metrics.traffic, '6,000/min');
  assert.match(drawParts(run, ['tiers'], 20 * MIN + 10 * S).parts.tiers, /every 30 s/);
  assert.equal(moment(run, 99 * MIN).atMs, 40 * MIN - 1, 'beyond the end is the end');
});

test('every place of every slider is a value that the scenario takes', () => {
  for (const { name, from, to, default: standard, kind } of parse(worksToml).parameters) {
    const places = slider(worksToml, name);
    assert.equal(places.values.length, places.texts.length);
    assert.equal(places.values[places.default], standard, name);
    assert.ok(places.values.length <= 122, name);
    places.values.forEach((value, place) => {
      assert.ok(value >= from && value <= to && (place === 0 || value > places.values[place - 1]), `${name} at ${place}`);
    });
    for (const value of [places.values[0], places.values.at(-1), places.values[places.default]]) {
      const parameters = { [name]: kind === 'boolean' ? value === 1 : value };
      try {
        simulate(worksToml, { parameters });
      } catch (error) {
        // Both may be right by themselves: a smallest gap above the largest, a run without end.
        assert.ok(['min_over_max', 'too_many_events', 'too_large'].includes(error.code), `${name}: ${error.message}`);
      }
    }
  }
  for (const [name, value, text] of [['traffic', 1.205, '1.21'], ['traffic', '1.2', '1.2'], ['tight.traffic', '31s', '31 s'], ['cache_warm_up.fails', true, 'true']]) {
    const places = slider('flash-sale', name, value);
    assert.equal(places.texts[places.place], text);
    assert.equal(places.texts[places.default], slider('flash-sale', name).texts[slider('flash-sale', name).default]);
  }
  assert.equal(slider('flash-sale', 'traffic').place, slider('flash-sale', 'traffic').default);
  assert.equal(thrown(() => slider('flash-sale', 'traffic', 99)).code, 'out_of_range');
  assert.equal(thrown(() => slider('flash-sale', 'trafic')).code, 'unknown_parameter');
  assert.equal(thrown(() => drawParts(run, ['tier'])).code, 'unknown_part');
});
