// What the page's program asks of the scripts beside it, which are loaded when somebody wants them. Their address is
// given by the script that starts the page, beside which they lie; a page that was started otherwise can do without.
const script = document.querySelector('script[data-wasm]') ?? document.createElement('script');
let first;

/** What failed once: a browser may keep that in mind, and is asked for another address. */
const failures = {};

async function beside(name) {
  try {
    return await import(new URL(`parts/${name}.js${failures[name] ?? ''}`, script.src));
  } catch (error) {
    failures[name] = `?${Date.now()}`;
    throw Object.assign(error, { message: `A part of this page could not be loaded (${error.message}). Check your connection and try again.` });
  }
}

/** Does something with a script beside the page, and says where it cannot be loaded. */
async function using(name, then) {
  try {
    then(await beside(name));
  } catch (error) {
    document.getElementById('opened').textContent = ` ${error.message}`;
  }
}

/** What is shown. The bytes lie in the program's memory, which is used again before anybody has read them. */
const view = (bytes, place) => ({ bytes: bytes.slice(), place: place.slice(), source: script.dataset.source });

/** Hands over the slots as numbers, or what is wrong as a text. */
export async function cronSlots(expression, zone, epochMs, untilMs, then) {
  try {
    const { ask } = await beside('ask');
    const { slots } = await ask('Reading the cron expression', { kind: 'cronSlots', expression, zone, epochMs, untilMs });
    then(slots);
  } catch (error) {
    then(error.message);
  }
}

/** Puts a link to a view into the address and onto the clipboard, and shows the other ways to share it. */
export function share(bytes, place) {
  const shown = view(bytes, place);
  using('share', (module) => module.share(shown));
}

/** Shows what the address holds, now and whenever the reader goes elsewhere. */
export function inAddress(show) {
  const go = (state) => using('places', (module) => module.go(state, show, script.dataset));
  if (location.hash) go();
  addEventListener('popstate', ({ state }) => go(state ?? undefined));
}

/** Has the browser remember where the reader is; the page as it opens, it knows. */
export function place(bytes, place) {
  const shown = view(bytes, place);
  if (first) using('places', (module) => module.place(first, shown));
  else first = shown;
}

/** Shows the scenarios: those that ship, and the text of the present one. */
export function scenarios(bytes, place) {
  const shown = view(bytes, place);
  using('scenarios', (module) => module.open(shown));
}
