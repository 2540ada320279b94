// Starts the page. A file of its own, so that a policy without inline scripts lets it through.
const script = document.querySelector('script[data-wasm]');
const told = document.getElementById('loading');
const retry = document.getElementById('retry');

/** Once the picture can be seen: the program keeps line and page busy for a while. What is hidden is never drawn. */
const drawn = new Promise((done) => {
  requestAnimationFrame(() => setTimeout(done));
  setTimeout(done, 100);
});

/** The scenario, compiled: one that ships, or what a link holds of another. What is wrong with a link is told later. */
async function scenario() {
  const source = /[#&]s=([^&]*)/.exec(location.hash)?.[1] ?? '';
  script.dataset.asked = script.dataset.source = source;
  if (source.includes('~')) {
    try {
      const { ask } = await import('./parts/ask.js');
      const { compiled } = await ask('Reading the scenario of this link', { kind: 'scenario', source });
      document.documentElement.dataset.own = '';
      return compiled;
    } catch {
      // Why is told once the page is there, with what else is to be said of the link.
    }
  }
  for (const name of [source, 'flash-sale']) {
    const answer = /^[a-z-]+$/.test(name) && (await fetch(`scenarios/${name}.compiled`));
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    script.dataset.source = '';
  }
  throw new Error('its scenario is not there');
}

async function start() {
  // As a frame of somebody else's page it is a view, which loads less and talks with its holder.
  if (/[?&]embed=v1\b/.test(location.search)) return import('./embed/frame.js');
  if (told) told.textContent = 'Loading the simulation…';
  try {
    const [page, bytes] = await Promise.all([import(new URL(script.dataset.js, script.src)), scenario()]);
    await drawn;
    await page.default({ module_or_path: new URL(script.dataset.wasm, script.src) });
    page.open(bytes);
  } catch (error) {
    if (told && retry) {
      told.textContent = `The simulation could not be loaded: ${error.message}. What you see is a picture of the run at its defaults.`;
      retry.hidden = false;
    }
    throw error;
  }
}

retry?.addEventListener('click', () => location.reload());
start();
