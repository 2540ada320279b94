// The way back and forward: what was shown, as the browser remembers it. Loaded when there is more than one place.
import { ask } from './ask.js';

const opened = document.getElementById('opened');
let here;

/** What makes a place of its own. */
const key = ({ place }) => String(place);
const sourceIn = (fragment) => /[#&]s=([^&]*)/.exec(fragment)?.[1] ?? '';

/** Remembers a view; `first` is how the page has opened. Its link takes a moment, and comes into the address then. */
export async function place(first, shown) {
  here ??= key(first);
  if (key(shown) === here) return;
  here = key(shown);
  if (!history.state) history.replaceState(first, '');
  history.pushState(shown, '');
  const { bytes, source } = shown;
  try {
    const { link } = await ask('', { kind: 'link', view: { bytes, source } });
    if (history.state && key(history.state) === key(shown)) history.replaceState(shown, '', `#${link}`);
  } catch {
    // Without a link there is still a way back.
  }
}

/**
 * Goes to what the browser remembers of a place, or to what its address says. The page shows the scenario `source`; it
 * was `asked` for one that may not be there.
 */
export async function go(state, show, { source, asked }) {
  const wanted = sourceIn(location.hash);
  if (wanted !== source && wanted !== asked) return location.reload();
  opened.textContent = '';
  if (state?.bytes) {
    here = key(state);
    return show(state.bytes);
  }
  try {
    const { bytes, place, told } = await ask('Reading the link', { kind: 'open', fragment: location.hash, source });
    const words = told.map((one) => one.replace(/^reproduced\b/, 'run again, it came to the same (reproduced)'));
    if (words.length > 0) opened.textContent = ` The link: ${words.join('; ')}.`;
    const shown = { bytes, place, source };
    here = key(shown);
    history.replaceState(shown, '');
    show(bytes);
  } catch (error) {
    opened.textContent = ` The link: ${error.message}`;
  }
}
