// The page as a frame of somebody else's: index.html?embed=v1&view=timeline,cadence&controls=traffic
//
// It talks with the window that holds it, and with no other:
//   to the frame    ping { id }, setTheme { theme }, setParameters { parameters }, seek { atMs }, run
//   from the frame  ready, pong { id }, height { px }, run { sentence, run }, error { message }
// Each message is an object with `accelerando: 'v1'` and `type`. With `origin=https://…` in the address, messages count
// only from there and go only there; a frame in a sandbox, whose holder's origin it cannot know, does without.
import './accelerando-view.js';

const VERSION = 'v1';
const THEMES = ['light', 'dark', 'auto'];
const NOT_ATTRIBUTES = ['embed', 'origin'];

const query = new URLSearchParams(location.search);
const origin = query.get('origin');
const view = document.createElement('accelerando-view');
for (const [name, value] of query) {
  if (NOT_ATTRIBUTES.includes(name)) continue;
  try {
    view.setAttribute(name, value);
  } catch {
    // What cannot be an attribute cannot be a parameter.
  }
}
const title = document.createElement('h1');
title.className = 'for-readers';
title.textContent = document.title;
const main = document.createElement('main');
// The page around it has the room that a view needs.
main.style.padding = '0';
main.append(title, view);
document.body.replaceChildren(main);

const framed = window.parent !== window;
const post = (type, more = {}) => {
  if (framed) window.parent.postMessage({ accelerando: VERSION, type, ...more }, origin ?? '*');
};
const failed = (message) => post('error', { message });

const acts = {
  ping: ({ id }) => post('pong', { id }),
  setTheme({ theme }) {
    if (!THEMES.includes(theme)) return failed(`setTheme wants theme to be one of ${THEMES.join(', ')}`);
    view.setAttribute('theme', theme);
  },
  setParameters({ parameters }) {
    if (parameters === null || typeof parameters !== 'object' || Array.isArray(parameters)) {
      return failed('setParameters wants parameters to be an object of values by name');
    }
    view.parameters = parameters;
  },
  seek({ atMs }) {
    if (!Number.isFinite(atMs)) return failed('seek wants atMs to be a number, in milliseconds from the start');
    view.seek(atMs);
  },
  run: () => told(),
};

const told = () => view.run && post('run', { sentence: view.shadowRoot.querySelector('.summary').textContent, run: view.run });
view.addEventListener('ready', () => post('ready'));
view.addEventListener('run', told);
view.addEventListener('error', ({ detail }) => failed(detail.error.message));
window.addEventListener('message', (event) => {
  if (!framed || event.source !== window.parent || (origin !== null && event.origin !== origin)) return;
  const message = event.data;
  if (message === null || typeof message !== 'object' || message.accelerando !== VERSION) return;
  if (!Object.hasOwn(acts, message.type)) return failed(`there is no message ${String(message.type)}; there are ${Object.keys(acts).join(', ')}`);
  acts[message.type](message);
});
new ResizeObserver(([{ target }]) => post('height', { px: Math.ceil(target.getBoundingClientRect().height) })).observe(view);
