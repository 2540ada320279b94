// What reads cron expressions and links is loaded when the first one is written or opened. Its address is given by the
// script that starts the page, beside which it lies.
let loading;

async function loaded() {
  const reader = await import(new URL('reader/accelerando-reader.js', document.querySelector('script[data-wasm]').src));
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

/** Puts a link to a view into the address and onto the clipboard, and shows the other ways to share it. */
export function share(numbers, text) {
  // They lie in the program's memory, which is used again before the reader is there.
  const kept = numbers.slice();
  const button = document.getElementById('share');
  const say = (words) => {
    button.textContent = words;
    setTimeout(() => (button.textContent = 'Share'), 3_000);
  };
  const shared = (view) => {
    history.replaceState(null, '', `#${view[0]}`);
    const written = navigator.clipboard?.writeText(location.href) ?? Promise.reject();
    written.then(() => say('Copied'), () => say('See address'));
    import(new URL('reader/share.js', document.querySelector('script[data-wasm]').src)).then(async ({ open }) => {
      const reader = await loading;
      open(...view, (format) => reader.exportOf(kept, text, format));
    });
  };
  ask((reader) => reader.shareOf(kept, text), shared, say);
}

/** Hands over the view that a fragment holds, as numbers and a text, and says what is to be said of it. */
export function openLink(fragment, then) {
  const told = (found) => {
    const words = typeof found === 'string' ? found : found[2];
    document.getElementById('opened').textContent = ` The link: ${words}.`;
    if (words !== found) then(found[0], found[1]);
  };
  ask((reader) => reader.openLink(fragment), told);
}
