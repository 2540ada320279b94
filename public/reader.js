// What reads cron expressions is loaded when the first one is written. Its address is given by the script that starts
// the page, beside which it lies.
let loading;

async function loaded() {
  const reader = await import(new URL('reader/accelerando-reader.js', document.querySelector('script[data-wasm]').src));
  await reader.default();
  return reader;
}

/** Hands over the slots as numbers, or what is wrong as a text. */
export async function cronSlots(expression, zone, epoch, until, then) {
  try {
    loading ??= loaded();
    then((await loading).cronSlots(expression, zone, epoch, until));
  } catch (error) {
    if (typeof error === 'string') return then(error);
    loading = undefined;
    then(`What reads cron expressions could not be loaded (${error.message}). Write it once more to try again.`);
  }
}
