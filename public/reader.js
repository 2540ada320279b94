// What reads cron expressions and links is loaded when the first one is written or opened. Its address is given by the
// script that starts the page, beside which it lies; a page that was started otherwise can do without.
const script = document.querySelector('script[data-wasm]') ?? document.createElement('script');
let loading;
let first;

/** What failed once: a browser may keep that in mind, and is asked for another address. */
const failures = {};

async function beside(name) {
  try {
    return await import(new URL(`reader/${name}.js${failures[name] ?? ''}`, script.src));
  } catch (error) {
    failures[name] = `?${Date.now()}`;
    throw error;
  }
}

/** Does something with a script beside the page, and says where it cannot be loaded. */
async function using(name, then) {
  try {
    then(await beside(name));
  } catch (error) {
    document.getElementById('opened').textContent = ` A part of this page could not be loaded (${error.message}). Do it once more to try again.`;
  }
}

async function loaded() {
  const reader = await beside('accelerando-reader');
  await reader.default();
  return reader;
}

/** Hands over what a function of the reader gives, or what is wrong, as a text. */
async function ask(call, then, failed = then) {
  try {
    loading ??= loaded();
    then(call(await loading));
  } catch (error) {
    if (typeof error === 'string') return failed(error);
    loading = undefined;
    failed(`What reads this could not be loaded (${error.message}). Do it once more to try again.`);
  }
}

/** Hands over the slots as numbers, or what is wrong as a text. */
export function cronSlots(expression, zone, epoch, until, then) {
  ask((reader) => reader.cronSlots(expression, zone, epoch, until), then);
}

/** What is shown. The numbers lie in the program's memory, which is used again before anybody has read them. */
const view = (numbers, text) => ({ numbers: numbers.slice(), text, source: script.dataset.source });

/** Puts a link to a view into the address and onto the clipboard, and shows the other ways to share it. */
export function share(numbers, text) {
  const shown = view(numbers, text);
  using('share', (module) => module.share(shown, ask));
}

/** Shows what the address holds, now and whenever the reader goes elsewhere. */
export function inAddress(show) {
  const go = (state) => using('places', (module) => module.go(state, show, ask, script.dataset));
  if (location.hash) go();
  addEventListener('popstate', ({ state }) => go(state ?? undefined));
}

/** Has the browser remember where the reader is; the page as it opens, it knows. */
export function place(numbers, text) {
  const shown = view(numbers, text);
  if (first) using('places', (module) => module.place(first, shown, ask));
  else first = shown;
}

/** Shows the scenarios: those that ship, and the text of the present one. */
export function scenarios(numbers, text) {
  const shown = view(numbers, text);
  using('scenarios', (module) => module.open(shown, ask));
}
