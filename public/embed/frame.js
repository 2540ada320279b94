// The page as a frame of somebody else's: index.html?embed=v1&view=timeline,cadence&controls=traffic
//
// It talks with the window that holds it, and with no other:
//   to the frame    ping { id }, setTheme { theme }, setParameters { parameters }, seek { atMs }, run
//   from the frame  ready, pong { id }, height { px }, run { sentence, run }, error { message }
// Each message is an object with `accelerando: 'v1'` and `type`. With `origin=https://…` in the address, messages count
// only from there and go only there; a frame in a sandbox, whose holder's origin it cannot know, does without.
//
// Invariant: whoever writes the address or the messages is a stranger. No name of theirs becomes an attribute, no file is
// opened but scenarios below the page's folder, and no message holds text of a file before it was read as a scenario.
import { parameterValue } from './accelerando-view.js';

const VERSION = 'v1';
const THEMES = ['light', 'dark', 'auto'];
/** What the address may say of the view; every other name is a parameter of the scenario. */
const ATTRIBUTES = ['view', 'controls', 'scenario', 'theme', 'at', 'speed'];
const NEITHER = ['embed', 'origin'];
/** How much is taken: letters of the query, parameters at once, letters of a name or a value. */
const QUERY_MOST = 8_000;
const PARAMETERS_MOST = 500;
const TEXT_MOST = 200;
/** A scenario that ships, or a file below the page's folder: plain names, none of which begins with a dot. */
const SHIPPED = /^[\w-]+$/;
const FILE = /^(?:\w[\w.-]*\/)*\w[\w.-]*\.toml$/;
/** The scenario whose picture a view shows before it is run. */
const SHOWN_FIRST = 'flash-sale';
/** The same whatever is wrong with a file: who could tell these apart, by words or by height, could search the host. */
const UNREADABLE = 'The scenario cannot be opened: it is missing, it is not allowed here, or it is no scenario.';
/** What is wrong with parameters is known once the scenario was read. */
const OF_PARAMETERS = ['unknown_parameter', 'malformed_value', 'out_of_range', 'min_over_max'];
/** How long a run that is asked for once more takes to come, so that many who ask get one, in milliseconds. */
const ANSWER_AFTER = 100;

const isPlain = (value) => value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
const isShort = (value) => typeof value === 'string' && value.length <= TEXT_MOST;

/** What parameters must be and are not; nothing if they are. */
function wanted(parameters) {
  if (!isPlain(parameters)) return 'an object of values by name';
  const names = Object.keys(parameters);
  if (names.length > PARAMETERS_MOST) return `at most ${PARAMETERS_MOST}, not ${names.length}`;
  if (!names.every(isShort)) return `names of at most ${TEXT_MOST} letters`;
  const isValue = (value) => typeof value === 'number' || typeof value === 'boolean' || isShort(value);
  return Object.values(parameters).every(isValue) ? undefined : `numbers, true, false, or texts of at most ${TEXT_MOST} letters`;
}

function isOrigin(text) {
  try {
    return text !== 'null' && new URL(text).origin === text;
  } catch {
    return false;
  }
}

const query = new URLSearchParams(location.search);
const origins = query.getAll('origin');
/** Whether messages are neither heard nor sent: nobody is in the frame's window, or nobody knows who is meant. */
const mute = window.parent === window || origins.length > 1 || !origins.every(isOrigin);
const [origin = '*'] = origins;
const post = (type, more = {}) => {
  if (!mute) window.parent.postMessage({ accelerando: VERSION, type, ...more }, origin);
};
const failed = (message) => post('error', { message });

const title = document.createElement('h1');
title.className = 'for-readers';
title.textContent = document.title;
const content = document.createElement('div');
const view = document.createElement('accelerando-view');
content.append(view);
const main = document.createElement('main');
// The page around it has the room that a view needs.
main.style.padding = '0';
main.append(title, content);

/** Says above the view, and to the holder, what is wrong with the address. */
function complain(message) {
  const said = document.createElement('p');
  said.className = 'fault';
  said.setAttribute('role', 'alert');
  said.textContent = message;
  content.prepend(said);
  failed(message);
}

/** Whether there is nothing to be shown. */
let refused = false;
/** The reason stands in the browser's console, which no holder can read. */
function refuse(reason) {
  if (refused) return;
  refused = true;
  console.warn(reason);
  view.remove();
  complain(UNREADABLE);
  measure();
}

let sizes;
/** Tells the height from now on. */
function measure() {
  if (sizes) return;
  sizes = new ResizeObserver(() => post('height', { px: Math.ceil(content.getBoundingClientRect().height) }));
  sizes.observe(content);
}

/** The parameters that the address gives; those of messages come before them. */
let given = {};
let fromFile = false;

function read() {
  if (location.search.length > QUERY_MOST) {
    complain(`The address has ${location.search.length} letters from its question mark on, and at most ${QUERY_MOST} are read: nothing of it is.`);
    return;
  }
  const parameters = [...query].filter(([name]) => !ATTRIBUTES.includes(name) && !NEITHER.includes(name));
  const values = Object.fromEntries(parameters.map(([name, text]) => [name, parameterValue(text)]));
  const wrong = wanted(values);
  if (wrong) complain(`Parameters in the address must be ${wrong}: none is taken.`);
  else given = values;
  view.parameters = given;
  for (const name of ATTRIBUTES) {
    // Of several, the last one counts.
    if (query.has(name)) view.setAttribute(name, query.getAll(name).at(-1));
  }
  const scenario = view.getAttribute('scenario');
  fromFile = scenario !== null && FILE.test(scenario);
  if (scenario !== null && !fromFile && !SHIPPED.test(scenario)) {
    refuse('scenario= takes the name of a scenario that ships, or a file below this page: letters, digits, _ - . and /, ending in .toml');
  }
}

let due;
const told = () => {
  clearTimeout(due);
  due = undefined;
  if (view.run) post('run', { sentence: view.shadowRoot.querySelector('.summary').textContent, run: view.run });
};
/** Where the cursor is to be in the next frame of the picture. */
let to;

const acts = {
  ping({ id }) {
    if (id !== undefined && !Number.isFinite(id) && !isShort(id)) return failed(`ping wants id to be a number, or a text of at most ${TEXT_MOST} letters`);
    post('pong', { id });
  },
  setTheme({ theme }) {
    if (!THEMES.includes(theme)) return failed(`setTheme wants theme to be one of ${THEMES.join(', ')}`);
    view.setAttribute('theme', theme);
  },
  setParameters({ parameters }) {
    const wrong = wanted(parameters);
    if (wrong) return failed(`setParameters wants parameters to be ${wrong}`);
    if (refused) return failed(UNREADABLE);
    view.parameters = { ...given, ...parameters };
  },
  seek({ atMs }) {
    if (!Number.isFinite(atMs)) return failed('seek wants atMs to be a number, in milliseconds from the start');
    if (to === undefined) {
      requestAnimationFrame(() => {
        view.seek(to);
        to = undefined;
      });
    }
    to = atMs;
  },
  run() {
    due ??= setTimeout(told, ANSWER_AFTER);
  },
};

view.addEventListener('ready', () => {
  measure();
  post('ready');
});
view.addEventListener('run', told);
view.addEventListener('error', ({ detail: { error } }) => {
  const unloaded = error.code === 'not_loaded';
  const wasRead = view.run !== null || (error.name !== 'ScenarioError' && OF_PARAMETERS.includes(error.code));
  if (!unloaded && !wasRead && (fromFile || error.code === 'unknown_scenario')) return refuse(error);
  measure();
  failed(fromFile && !unloaded ? `the parameters were refused (${error.code}); the view says which` : error.message);
});
window.addEventListener('message', (event) => {
  if (mute || event.source !== window.parent || (origin !== '*' && event.origin !== origin)) return;
  const message = event.data;
  if (!isPlain(message) || message.accelerando !== VERSION) return;
  const { type } = message;
  if (typeof type !== 'string' || !Object.hasOwn(acts, type)) {
    return failed(`type must be one of ${Object.keys(acts).join(', ')}`);
  }
  acts[type](message);
});

if (mute && origins.length > 0 && window.parent !== window) {
  complain('origin= in the address is no origin, such as https://your.site, without a path: no messages are heard or sent.');
}
read();
// Of what may not be there nothing is told before it was read: neither is its height.
if ((view.getAttribute('scenario') ?? SHOWN_FIRST) === SHOWN_FIRST) measure();
document.body.replaceChildren(main);
