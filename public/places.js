// The way back and forward: what was shown, as the browser remembers it. Loaded when there is more than one place.

const opened = document.getElementById('opened');
let here;

/** What makes a place of its own: everything but the cursor and the stretch of time that is shown. */
const key = ({ numbers, text }) => JSON.stringify([...numbers.slice(0, -6), ...numbers.slice(-3), text]);
const sourceIn = (fragment) => /[#&]s=([^&]*)/.exec(fragment)?.[1] ?? '';

/** Remembers a view; `first` is how the page has opened. */
export function place(first, shown, ask) {
  here ??= key(first);
  if (key(shown) === here) return;
  here = key(shown);
  if (!history.state) history.replaceState(first, '');
  const push = (link) => history.pushState(shown, '', link);
  const { numbers, text, source } = shown;
  // Without what writes links there is still a way back.
  ask((reader) => reader.linkOf(numbers, text, source), (link) => push(`#${link}`), () => push());
}

/**
 * Goes to what the browser remembers of a place, or to what its address says. The page shows the scenario `source`; it
 * was `asked` for one that may not be there.
 */
export function go(state, show, ask, { source, asked }) {
  const wanted = sourceIn(location.hash);
  if (wanted !== source && wanted !== asked) return location.reload();
  opened.textContent = '';
  if (state?.numbers) {
    here = key(state);
    return show(state.numbers, state.text);
  }
  const told = (found) => {
    const words = typeof found === 'string' ? found : found[2];
    const meant = words.replace(/^reproduced\b/, 'run again, it came to the same (reproduced)');
    if (words) opened.textContent = ` The link: ${meant}.`;
    if (words === found) return;
    const shown = { numbers: found[0], text: found[1], source };
    here = key(shown);
    history.replaceState(shown, '');
    show(shown.numbers, shown.text);
  };
  ask((reader) => reader.openLink(location.hash, source), told);
}
