// <accelerando-view>, a live view of a run for other people's pages, and the words and numbers of a text that belong to
// one: <accelerando-word> and <accelerando-number>. One script; what simulates and draws is loaded when a view is first
// seen or touched, once for all views of a page.
//
// Invariant: nothing outside of the element's own shadow root is written to, and nothing is left when it is removed.

/** The picture that stands there before: parts of the run at its defaults, put in when this script is built. */
const PICTURE = __PICTURE__;
const STYLE = __STYLE__;

const VIEWS = ['timeline', 'cadence', 'tiers', 'metrics', 'claims'];
/** Where the parts stand, from the top. */
const PLACES = ['metrics', 'timeline', 'cadence'];
const SHIPPED = 'flash-sale';
const SPEED = 60;
/** How often the words at the cursor follow it while it moves, in milliseconds. */
const WORDS_EVERY = 100;
/** How far a number is dragged for another value, in CSS pixels. */
const PULL = 4;
/** Up to this many bytes of a scenario's file are read. */
const FILE_MOST = 1 << 20;
/** What `credentials` may say; without it, none are sent. */
const CREDENTIALS = ['omit', 'same-origin', 'include'];
/** The attributes that are no parameters of the scenario. */
const OWN = new Set(['id', 'class', 'style', 'slot', 'title', 'lang', 'dir', 'hidden', 'tabindex', 'role', 'part',
  'scenario', 'credentials', 'view', 'controls', 'theme', 'at', 'speed']);
/** Nor are those that HTML lets everybody write, `data-…` and `aria-…`, and what listens to events. */
const isParameter = (attribute) =>
  !OWN.has(attribute) && !/^(aria|data)-/.test(attribute) && !(attribute.startsWith('on') && attribute in HTMLElement.prototype);

let style;
function sheet() {
  if (!style) {
    style = new CSSStyleSheet();
    style.replaceSync(STYLE);
  }
  return style;
}

let program;
function loaded() {
  program ??= fetched().catch((error) => {
    // Another view, or another touch, tries again.
    program = undefined;
    throw error;
  });
  return program;
}

async function fetched() {
  try {
    const api = await import(new URL('accelerando.js', import.meta.url).href);
    await api.default();
    return api;
  } catch (error) {
    throw coded('not_loaded', error.message);
  }
}

/** An error with a code, as those of the package have it. */
const coded = (code, message) => Object.assign(new Error(message), { code });

/**
 * The text of a scenario's file: from where it is asked for and nowhere else, up to a limit, and as a stranger unless its
 * author wants it otherwise.
 */
async function fileText(address, name, credentials) {
  const failed = (why) => coded('scenario_not_loaded', `the scenario ${name} could not be loaded: ${why}`);
  if (!CREDENTIALS.includes(credentials)) throw failed(`credentials must be one of ${CREDENTIALS.join(', ')}`);
  let text = '';
  try {
    const answer = await fetch(address, { credentials, redirect: 'manual' });
    if (answer.type === 'opaqueredirect') throw failed('its address leads on to another one; write that one');
    if (!answer.ok || !answer.body) throw failed(answer.status);
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    let read = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      read += part.value.length;
      if (read > FILE_MOST) {
        reader.cancel().catch(() => {});
        throw failed(`it is larger than ${FILE_MOST} bytes, the limit for a scenario`);
      }
      text += decoder.decode(part.value, { stream: true });
    }
    text += decoder.decode();
  } catch (error) {
    throw error.code === 'scenario_not_loaded' ? error : failed(error.message);
  }
  // A line by itself would be taken for the name of a scenario that ships.
  return text.includes('\n') ? text : `${text}\n`;
}

function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const clockOf = (ms) => {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

/** An instant as attributes write it: milliseconds, or minutes and seconds. */
function instant(text) {
  const parts = /^\s*(\d+)(?::([0-5]?\d))?\s*$/.exec(text ?? '');
  if (!parts) return undefined;
  return parts[2] === undefined ? Number(parts[1]) : (Number(parts[1]) * 60 + Number(parts[2])) * 1_000;
}

/**
 * A parameter's value as attributes write it, and the address of a frame; what is no number is left to the scenario,
 * which knows units.
 */
export function parameterValue(text) {
  const trimmed = text.trim();
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  const number = Number(trimmed);
  return trimmed !== '' && Number.isFinite(number) ? number : trimmed;
}

const words = (text) => (text ?? '').split(/[\s,]+/).filter(Boolean);

class AccelerandoView extends HTMLElement {
  static observedAttributes = ['scenario', 'credentials', 'view', 'controls', 'at'];

  #api;
  #scenario = SHIPPED;
  #run = null;
  #at;
  /** Where the cursor was when that was told last. */
  #seekTold;
  /** Where the run ends, in milliseconds. */
  #length = 1;
  #parameters = {};
  /** Those of the run that is shown. */
  #taken = {};
  #sliders = new Map();
  #texts = new Map();
  #playing;
  /** Whether it is to play once there is a run. */
  #eager = false;
  #due;
  /** Whether something has changed since the run that is being made was begun. */
  #stale = false;
  #seen;
  #attributes;
  /** The number of the run that was wanted last: an earlier one that comes late is not shown. */
  #turn = 0;
  #lit = null;
  /** When the words at the cursor were renewed last. */
  #said = 0;
  #parts = {};

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet()];
    const part = (tag, name, attributes) => (this.#parts[name] = made(tag, { class: name, part: name, ...attributes }));
    const play = part('button', 'play', { type: 'button' });
    const scrubber = part('input', 'scrubber', { type: 'range', min: 0, max: 1, step: 1_000, value: 0, 'aria-label': 'Cursor' });
    const cursor = made('div', { class: 'cursor', 'aria-hidden': 'true' });
    const timeline = part('div', 'timeline');
    this.#parts.figure = made('div');
    timeline.append(this.#parts.figure, cursor);
    play.textContent = 'Play';
    part('div', 'bar').append(play, part('span', 'clock'), scrubber);
    const view = part('div', 'view', { role: 'group', 'aria-label': 'A monitoring schedule at work' });
    this.#parts.fallback = made('slot');
    view.append(
      part('p', 'summary'), this.#parts.bar, part('div', 'levers'), timeline,
      part('p', 'told', { role: 'status' }), part('div', 'tiers-place'), part('div', 'claims-place'),
      this.#parts.fallback, made('slot', { name: 'caption' }),
    );
    root.append(view);
    play.addEventListener('click', () => (this.#playing ? this.pause() : this.play()));
    scrubber.addEventListener('input', () => this.#moved(Number(scrubber.value)));
    // Keys count only where the focus is within.
    root.addEventListener('keydown', (event) => this.#key(event));
    root.addEventListener('pointerdown', () => this.#wake());
    root.addEventListener('focusin', () => this.#wake());
    timeline.addEventListener('click', (event) => this.#clicked(event));
  }

  connectedCallback() {
    // What was set before this script had come stands in the way of the property.
    if (Object.hasOwn(this, 'parameters')) {
      const early = this.parameters;
      delete this.parameters;
      this.parameters = early;
    }
    this.#still();
    // What parameters there are, only the scenario knows. Before anybody has seen it, a view waits.
    this.#attributes = new MutationObserver((changes) => {
      if (this.#api && changes.some(({ attributeName }) => isParameter(attributeName))) this.#wanted();
    });
    this.#attributes.observe(this, { attributes: true });
    this.#seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#wake();
      else this.pause();
    });
    this.#seen.observe(this);
  }

  disconnectedCallback() {
    this.pause();
    this.#seen?.disconnect();
    this.#attributes?.disconnect();
    cancelAnimationFrame(this.#due);
    this.#due = undefined;
    this.#run = null;
    this.#turn += 1;
  }

  attributeChangedCallback(name) {
    if (name === 'at') this.#at = undefined;
    if (!this.isConnected) return;
    this.#still();
    if (this.#api) this.#wanted();
  }

  // What scripts can ask and do.

  /** The run that is shown, as `simulate` of the package gives it; null before there is one. */
  get run() {
    return this.#run;
  }

  /** Values by the parameters' names, besides those of attributes. */
  get parameters() {
    return { ...this.#parameters };
  }

  set parameters(values) {
    this.#parameters = { ...values };
    this.#wanted();
  }

  /** The cursor, in milliseconds from the start of the run. */
  get currentTime() {
    return this.#at ?? 0;
  }

  set currentTime(ms) {
    this.seek(ms);
  }

  get playing() {
    return this.#playing !== undefined;
  }

  /** Moves the cursor to so many milliseconds from the start. */
  seek(ms) {
    if (!Number.isFinite(ms)) throw new TypeError('seek wants milliseconds from the start of the run, as a number');
    this.#at = Math.max(0, ms);
    if (this.#run) this.#moved(this.#at);
  }

  /** Lets time pass, at the pace of the attribute `speed`, 60 by default. */
  play() {
    if (this.#playing !== undefined) return;
    if (!this.#run) {
      this.#eager = true;
      this.#wake();
      return;
    }
    if (this.#at >= this.#length) this.#moved(0);
    let last;
    const step = (now) => {
      const passed = last === undefined ? 0 : now - last;
      last = now;
      const speed = Math.min(Math.max(Number(this.getAttribute('speed')) || SPEED, 1), 240);
      this.#moved(Math.min(this.#at + passed * speed, this.#length));
      if (this.#at >= this.#length) this.pause();
      else this.#playing = requestAnimationFrame(step);
    };
    this.#playing = requestAnimationFrame(step);
    this.#parts.play.textContent = 'Pause';
  }

  pause() {
    this.#eager = false;
    if (this.#playing === undefined) return;
    cancelAnimationFrame(this.#playing);
    this.#playing = undefined;
    this.#parts.play.textContent = 'Play';
    this.#words();
  }

  /** Has an endpoint or a metric stand out, by its id; nothing without one. */
  highlight(id = null) {
    this.#lit = id;
    this.#light();
  }

  /** Why an endpoint ran at a moment or did not, in one sentence; null before there is a run. */
  explain(endpoint, atMs = this.currentTime) {
    return this.#run && this.#api.explain(this.#run, endpoint, atMs);
  }

  /** The places of a parameter's slider; null before there is a run. */
  slider(parameter) {
    return this.#run && this.#slider(parameter);
  }

  /** The place of a parameter's present value on its slider; null before there is a run. */
  place(name) {
    if (!this.#run) return null;
    return this.#slider(name).place;
  }

  /** Sets one parameter, in the units of its slider. */
  set(name, to) {
    const slider = this.#run ? this.#slider(name) : undefined;
    const truth = slider?.texts[slider.values.length - 1] === 'true';
    this.#parameters = { ...this.#parameters, [name]: truth ? Boolean(to) : to };
    this.#wanted();
    this.#tell('change', { parameters: this.parameters });
  }

  // What it does.

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #views() {
    const wanted = words(this.getAttribute('view')).filter((name) => VIEWS.includes(name));
    return wanted.length > 0 ? wanted : ['timeline', 'cadence'];
  }

  /** The parameters of attributes and of scripts and sliders, the latter before the former. */
  #values() {
    const attributes = [...this.attributes].filter(({ name }) => isParameter(name));
    return { ...Object.fromEntries(attributes.map(({ name, value }) => [name, parameterValue(value)])), ...this.#parameters };
  }

  /** The picture that needs no program; a scenario of one's own has none but what the page itself gives. */
  #still() {
    if (this.#run) return;
    const own = (this.getAttribute('scenario') ?? SHIPPED) !== SHIPPED;
    this.#parts.bar.hidden = !this.hasAttribute('controls');
    this.#parts.levers.hidden = true;
    this.#parts.fallback.hidden = !own && this.childElementCount === 0;
    if (!own) this.#draw(PICTURE);
  }

  #draw(parts) {
    const { summary, figure, fallback } = this.#parts;
    const views = this.#views();
    if (parts.sentence !== undefined) summary.innerHTML = parts.sentence;
    const shown = PLACES.filter((name) => views.includes(name)).map((name) => parts[name] ?? '');
    figure.innerHTML = shown.length > 0 ? (parts.ruler ?? '') + shown.join('') : '';
    this.#parts.timeline.hidden = shown.length === 0;
    this.#parts['tiers-place'].innerHTML = (views.includes('tiers') && parts.tiers) || '';
    this.#parts['claims-place'].innerHTML = (views.includes('claims') && parts.claims) || '';
    fallback.hidden = true;
    for (const row of figure.querySelectorAll('.lane')) {
      row.tabIndex = 0;
      row.setAttribute('role', 'button');
      row.setAttribute('aria-label', `${row.querySelector('.name').textContent}: ${row.querySelector('.count').textContent} runs. Why at the cursor?`);
    }
    this.#light();
  }

  #wake() {
    if (!this.#run && this.#due === undefined) this.#wanted();
  }

  /** Something has changed: the run is made again before the next frame, once for all that has. */
  #wanted() {
    if (!this.isConnected) return;
    this.#stale = this.#due !== undefined;
    if (this.#stale) return;
    this.#due = requestAnimationFrame(() => this.#renew());
  }

  async #renew() {
    const turn = ++this.#turn;
    try {
      this.#api ??= await loaded();
      if (this.#api && turn === this.#turn) await this.#simulate(turn);
    } catch (error) {
      if (turn === this.#turn) this.#failed(error);
    } finally {
      this.#due = undefined;
    }
    // Whatever has changed meanwhile.
    if (turn === this.#turn && this.isConnected && this.#stale) this.#wanted();
  }

  async #scenarioText() {
    const name = this.getAttribute('scenario') ?? SHIPPED;
    // What has neither a dot nor a slash is the name of one that ships.
    if (/^[\w-]+$/.test(name)) return name;
    if (!this.#texts.has(name)) {
      const address = new URL(name, this.ownerDocument.baseURI);
      this.#texts.set(name, await fileText(address, name, this.getAttribute('credentials') ?? 'omit'));
    }
    return this.#texts.get(name);
  }

  async #simulate(turn) {
    const scenario = await this.#scenarioText();
    if (turn !== this.#turn) return;
    const first = this.#run === null;
    if (scenario !== this.#scenario) this.#sliders.clear();
    this.#scenario = scenario;
    const values = { ...this.#parameters };
    this.#run = this.#api.simulate(scenario, { parameters: this.#values() });
    this.#taken = values;
    const drawing = this.#api.drawParts(this.#run, ['sentence', 'ruler', ...this.#views()]);
    this.#length = drawing.endMs;
    const asked = instant(this.getAttribute('at'));
    this.#at = Math.min(this.#at ?? asked ?? drawing.atMs, this.#length);
    this.#draw(drawing.parts);
    const unknown = words(this.getAttribute('view')).filter((name) => !VIEWS.includes(name));
    const fault = unknown.length > 0 ? `There is no view ${unknown.join(', ')}; there are ${VIEWS.join(', ')}.` : '';
    this.#parts.told.textContent = fault;
    this.#parts.told.classList.toggle('fault', fault !== '');
    this.#controls();
    this.#moved(this.#at);
    this.#tell('run', { run: this.#run, sentence: this.#parts.summary.textContent });
    // Last, so that whatever is set then has its own run next.
    if (first) this.#tell('ready');
    if (this.#eager) this.play();
  }

  #failed(error) {
    const place = error.line ? ` (line ${error.line}, column ${error.column})` : '';
    const loading = this.#api ? '' : 'The simulation could not be loaded; this is a picture of the run at its defaults. ';
    this.#parts.told.classList.add('fault');
    this.#parts.told.textContent = `${loading}${error.message}${place}`;
    this.#parts.fallback.hidden = this.#run !== null || (this.#parts.summary.textContent !== '' && this.childElementCount === 0);
    // What is refused is not kept: the run is that of the values before.
    if (this.#run) this.#parameters = { ...this.#taken };
    this.#tell('error', { error });
  }

  #slider(name) {
    const values = this.#values();
    const given = Object.hasOwn(values, name) ? values[name] : undefined;
    const known = this.#sliders.get(name);
    if (known && known.given === given) return known;
    const place = known && given !== undefined ? known.values.indexOf(Number(given)) : -1;
    let slider = { ...known, place };
    // What stands between two places gets one of its own; what the run refuses has none.
    if (place < 0) {
      try {
        slider = this.#api.slider(this.#scenario, name, given);
      } catch {
        slider = known ?? this.#api.slider(this.#scenario, name);
      }
    }
    this.#sliders.set(name, { ...slider, given });
    return this.#sliders.get(name);
  }

  #controls() {
    const { bar, levers, scrubber } = this.#parts;
    const wanted = this.hasAttribute('controls') ? words(this.getAttribute('controls')) : [];
    const names = this.hasAttribute('controls') && wanted.length === 0 ? ['traffic'] : [...new Set(wanted)];
    bar.hidden = !this.hasAttribute('controls');
    scrubber.max = this.#length;
    levers.hidden = names.length === 0;
    const standing = [...levers.children].map((lever) => lever.dataset.parameter);
    if (standing.join() !== names.join()) levers.replaceChildren(...names.map((name) => this.#lever(name)));
    for (const lever of levers.children) this.#show(lever);
  }

  #lever(name) {
    const slider = this.#slider(name);
    const input = made('input', { type: 'range', min: 0, step: 1 });
    const lever = made('label', { class: 'lever' }, made('span', {}, slider.text), made('output'), input);
    lever.dataset.parameter = name;
    input.addEventListener('input', () => this.set(name, slider.values[Number(input.value)]));
    return lever;
  }

  #show(lever) {
    const slider = this.#slider(lever.dataset.parameter);
    const place = this.place(lever.dataset.parameter);
    const input = lever.querySelector('input');
    input.max = slider.values.length - 1;
    input.value = place;
    input.setAttribute('aria-valuetext', slider.texts[place]);
    lever.querySelector('output').value = slider.texts[place];
    lever.classList.toggle('moved', place !== slider.default);
  }

  #moved(at) {
    this.#at = Math.min(at, this.#length);
    const { timeline, clock, scrubber } = this.#parts;
    timeline.style.setProperty('--at', this.#at / this.#length);
    clock.textContent = clockOf(this.#at);
    scrubber.value = this.#at;
    scrubber.setAttribute('aria-valuetext', clockOf(this.#at));
    const now = performance.now();
    if (this.#playing === undefined || now - this.#said >= WORDS_EVERY) {
      this.#said = now;
      this.#words();
    }
    if (this.#at !== this.#seekTold) {
      this.#seekTold = this.#at;
      this.#tell('seek', { atMs: this.#at });
    }
  }

  /** What stands in words at the cursor. */
  #words() {
    const root = this.shadowRoot;
    const nodes = root.querySelectorAll('.node');
    const values = root.querySelectorAll('.metric');
    if (!this.#run || nodes.length + values.length === 0) return;
    const now = this.#api.moment(this.#run, Math.round(this.#at));
    for (const node of nodes) {
      const { doing, words } = now.endpoints[node.dataset.endpoint];
      node.className = `node ${doing}`;
      node.querySelector('.words').textContent = words;
    }
    for (const row of values) row.querySelector('.value').textContent = now.metrics[row.dataset.metric];
    for (const block of root.querySelectorAll('.tier-block')) {
      block.querySelector('.note').textContent = now.notes[block.dataset.tier] ?? '';
    }
    this.#light();
  }

  #light() {
    const root = this.shadowRoot;
    const rows = root.querySelectorAll('[data-endpoint], [data-metric]');
    let any = false;
    for (const row of rows) {
      const lit = this.#lit !== null && [row.dataset.endpoint, row.dataset.metric].includes(this.#lit);
      row.classList.toggle('lit', lit);
      any ||= lit;
    }
    this.#parts.view.classList.toggle('lighting', any);
  }

  #key(event) {
    const { target, key } = event;
    if (target.classList.contains('lane') && (key === 'Enter' || key === ' ')) {
      event.preventDefault();
      this.#why(target.dataset.endpoint, this.currentTime);
    } else if (key === ' ' && target === this.#parts.scrubber) {
      event.preventDefault();
      this.#parts.play.click();
    }
  }

  #clicked(event) {
    const plot = event.target.closest('.row')?.querySelector('.plot')?.getBoundingClientRect();
    if (!plot || !this.#run) return;
    const share = (event.clientX - plot.left) / plot.width;
    if (share >= 0) this.#moved(Math.round((Math.min(share, 1) * this.#length) / 1_000) * 1_000);
    const lane = event.target.closest('.lane');
    if (lane) this.#why(lane.dataset.endpoint, this.#at);
  }

  #why(endpoint, at) {
    if (!this.#run) return;
    const found = this.explain(endpoint, Math.min(Math.round(at), this.#length - 1));
    this.#parts.told.classList.remove('fault');
    this.#parts.told.textContent = found.sentence;
    this.#tell('explain', found);
  }
}

/** What belongs to a view that its attribute `for` names, in the same tree. */
class Companion extends HTMLElement {
  #leave;

  constructor() {
    super();
    this.attachShadow({ mode: 'open', delegatesFocus: true }).adoptedStyleSheets = [sheet()];
  }

  get view() {
    const named = this.getRootNode().getElementById?.(this.getAttribute('for'));
    return named instanceof AccelerandoView ? named : null;
  }

  connectedCallback() {
    const leave = new AbortController();
    this.#leave = leave;
    customElements.whenDefined('accelerando-view').then(() => {
      if (!leave.signal.aborted && this.view) this.joined(this.view, leave.signal);
    });
  }

  disconnectedCallback() {
    this.#leave?.abort();
  }
}

/** A word that has what it speaks of stand out: <accelerando-word for="ID" highlight="slack_operations">. */
class AccelerandoWord extends Companion {
  constructor() {
    super();
    this.shadowRoot.append(made('button', { class: 'word', type: 'button', 'aria-pressed': 'false' }, made('slot')));
  }

  joined(view, signal) {
    const button = this.shadowRoot.querySelector('button');
    let kept = false;
    const show = (on) => view.highlight(on || kept ? this.getAttribute('highlight') : null);
    const listen = (name, act) => this.addEventListener(name, act, { signal });
    listen('pointerenter', ({ pointerType }) => pointerType !== 'touch' && show(true));
    listen('pointerleave', () => show(false));
    listen('focusin', () => show(true));
    const keep = (on) => {
      kept = on;
      button.setAttribute('aria-pressed', String(on));
      show(on);
    };
    listen('focusout', () => keep(false));
    listen('click', () => {
      keep(!kept);
      const at = instant(this.getAttribute('at'));
      if (kept && at !== undefined) view.seek(at);
    });
    signal.addEventListener('abort', () => view.highlight(null));
  }
}

/** A number that is a slider: <accelerando-number for="ID" parameter="traffic">1</accelerando-number>. */
class AccelerandoNumber extends Companion {
  constructor() {
    super();
    const number = made('span', { class: 'number', role: 'slider', tabindex: 0 }, made('slot'));
    this.shadowRoot.append(number);
  }

  joined(view, signal) {
    const number = this.shadowRoot.querySelector('.number');
    const name = this.getAttribute('parameter');
    const places = () => view.slider(name);
    const show = () => {
      const slider = places();
      if (!slider) return;
      const place = view.place(name);
      number.textContent = slider.texts[place];
      const told = { 'aria-label': slider.text, 'aria-valuemin': 0, 'aria-valuemax': slider.values.length - 1 };
      Object.assign(told, { 'aria-valuenow': place, 'aria-valuetext': slider.texts[place] });
      for (const [attribute, value] of Object.entries(told)) number.setAttribute(attribute, value);
    };
    const move = (place) => {
      const slider = places();
      if (!slider) return;
      const within = Math.min(Math.max(place, 0), slider.values.length - 1);
      if (within === view.place(name)) return;
      view.set(name, slider.values[within]);
      show();
    };
    const listen = (target, event, act) => target.addEventListener(event, act, { signal });
    for (const event of ['ready', 'run', 'change']) listen(view, event, show);
    listen(number, 'keydown', (event) => {
      const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -1e6, End: 1e6 };
      if (!Object.hasOwn(steps, event.key) || !places()) return;
      event.preventDefault();
      move(view.place(name) + steps[event.key]);
    });
    let from;
    listen(number, 'pointerdown', (event) => {
      if (!places()) return;
      number.setPointerCapture(event.pointerId);
      from = { x: event.clientX, place: view.place(name) };
    });
    listen(number, 'pointermove', (event) => from && move(from.place + Math.round((event.clientX - from.x) / PULL)));
    for (const event of ['pointerup', 'pointercancel']) listen(number, event, () => (from = undefined));
    show();
  }
}

for (const [name, element] of [
  ['accelerando-view', AccelerandoView],
  ['accelerando-word', AccelerandoWord],
  ['accelerando-number', AccelerandoNumber],
]) {
  if (!customElements.get(name)) customElements.define(name, element);
}
