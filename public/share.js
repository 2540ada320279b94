// The ways to share what the page shows, each with a live preview and a button that copies it. Loaded when somebody
// shares for the first time.

import { ask } from './ask.js';
import { dialog, made, save, saveScenario, SCENARIO } from './dialog.js';

const DEFAULT_VIEW = 'metrics timeline';

/** Where the page is, without what it was opened with. */
const base = () => new URL('./', location.href.split(/[?#]/)[0]);

function copyButton(what, text) {
  const button = made('button', { type: 'button', 'aria-label': `Copy the ${what}`, 'aria-live': 'polite' }, 'Copy');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Select and copy it';
    }
    setTimeout(() => (button.textContent = 'Copy'), 3_000);
  });
  return button;
}

/** One way to share: what it is, the text to copy, and what comes of it. */
function way(title, what, text, rows, about, ...more) {
  const field = made('textarea', { readonly: '', rows, 'aria-label': title, spellcheck: 'false' });
  field.value = text;
  field.addEventListener('focus', () => field.select());
  const head = made('div', {}, made('strong', {}, title), copyButton(what, text));
  return made('section', { 'aria-label': title }, head, made('p', {}, about), field, ...more);
}

/** How much larger than life a picture in pixels is. */
const PIXELS = 2;

/** A picture in pixels. */
async function png(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = made('canvas', { width: image.naturalWidth * PIXELS, height: image.naturalHeight * PIXELS });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, 'image/png'));
}

function choice(label, options) {
  const select = made('select', { 'aria-label': label }, ...options.map(([value, words]) => made('option', { value }, words)));
  return [select, made('label', {}, `${label} `, select)];
}

/** The run as files, made when they are asked for: the same bytes as the command line's `--format`. */
function files(exportAs, scenario) {
  const told = made('p', { role: 'status' });
  const button = (words, act) => {
    const button = made('button', { type: 'button' }, words);
    button.addEventListener('click', async () => {
      try {
        await act();
        told.textContent = `${words}: saved.`;
      } catch (error) {
        told.textContent = `${words} could not be made: ${error.message ?? error}`;
      }
    });
    return button;
  };
  const text = (words, format, name, type) => button(words, async () => save(name, new Blob([await exportAs(format)], { type })));
  const [chart, chartField] = choice('Picture of', [['whole', 'everything'], ['metrics', 'metrics'], ['timeline', 'lanes'], ['cadence', 'cadence'], ['claims', 'claims']]);
  const [theme, themeField] = choice('in', [['auto', 'the reader’s colours'], ['light', 'light'], ['dark', 'dark']]);
  const picture = () => exportAs(`svg:${chart.value}:${theme.value}`);
  const name = () => `accelerando${chart.value === 'whole' ? '' : `-${chart.value}`}`;
  return made(
    'section', { 'aria-label': 'Files' },
    made('div', {}, made('strong', {}, 'Files')),
    made('div', { class: 'row-of-buttons' },
      text('Report (Markdown)', 'markdown', 'accelerando.md', 'text/markdown'),
      text('Runs (CSV)', 'csv', 'accelerando.csv', 'text/csv'),
      text('Everything (JSON)', 'json', 'accelerando.json', 'application/json'),
      text('Trace events (for Perfetto)', 'trace-event', 'accelerando-trace.json', 'application/json'),
      ...(scenario ? [button('Scenario (TOML)', () => saveScenario(scenario))] : [])),
    made('div', { class: 'row-of-buttons' }, chartField, themeField,
      button('SVG', async () => save(`${name()}.svg`, new Blob([await picture()], { type: 'image/svg+xml' }))),
      button('PNG', async () => save(`${name()}.png`, await png(await picture())))),
    told,
  );
}

/** Puts a link to a view into the address and onto the clipboard, and shows the other ways to share it. */
export async function share({ bytes, source }) {
  const view = { bytes, source };
  const button = document.getElementById('share');
  const say = (words) => {
    button.textContent = words;
    setTimeout(() => (button.textContent = 'Share'), 3_000);
  };
  try {
    const shared = await ask('Preparing what you see', { kind: 'share', view, base: base().href });
    history.replaceState(history.state, '', `#${shared.link}`);
    const written = navigator.clipboard?.writeText(location.href) ?? Promise.reject();
    written.then(() => say('Copied'), () => say('See address'));
    open(shared, source, async (format) => (await ask('Making the file', { kind: 'file', view, format })).text);
  } catch (error) {
    say(error.message);
  }
}

/** Shows the ways to share a view, and what gives its run in other forms. */
function open({ address, sentence, svg, changed, calls: byHand, text: scenario, element, frame: iframe, markdown, frameAddress: frame }, source, exportAs) {
  // Of the scenarios that ship, a name is enough; a text of one's own is a file beside the page.
  const own = source.includes('~');
  const of = source ? [['scenario', own ? SCENARIO : source]] : [];
  const script = new URL('embed/accelerando-view.js', base());
  const left = byHand > 0 ? ` The ${byHand === 1 ? 'call' : `${byHand} calls`} that you made by hand ${byHand === 1 ? 'is' : 'are'} in the link only.` : '';
  const beside = own ? ` Save the scenario (below) as ${SCENARIO} ` : '';

  const preview = (what, content) => made('div', { class: 'preview', tabindex: '0', role: 'group', 'aria-label': `Preview of the ${what}` }, content);
  const picture = () => made('img', { alt: sentence, src: `data:image/svg+xml,${encodeURIComponent(svg)}` });
  // Without its file, a view of a scenario of one's own has nothing to show yet.
  const live = () => {
    if (own) return [preview('element', picture()), ''];
    const alive = document.createElement('accelerando-view');
    // A stranger's scenario names its parameters: they are values, never attributes.
    for (const [name, value] of [['view', DEFAULT_VIEW], ...of, ['controls', 'traffic']]) alive.setAttribute(name, value);
    alive.parameters = changed;
    const scheme = document.documentElement.dataset.theme;
    if (scheme) alive.setAttribute('theme', scheme);
    import(script.href);
    return [preview('element', alive), made('iframe', { class: 'preview', title: 'Preview of the frame', sandbox: 'allow-scripts', src: frame })];
  };
  const [alive, shown] = live();
  dialog('Share what you see',
    way('Link', 'link', address, 2, `It opens this page as it stands, runs it again, and says whether it comes to the same.${own ? ' Your scenario is in it.' : ''}`),
    way('Element for your own page', 'element', element, 3, `A live view, of one script. To have it on a host of your own, copy it together with accelerando.js and accelerando_bg.wasm, which lie beside it.${beside && `${beside}beside your page.`}${left}`, alive),
    way('Frame', 'frame', iframe, 3, `For pages that take no scripts of others. The host of this page must serve it to any origin.${beside && `${beside}beside this page.`}`, shown),
    way('Picture with a link, in Markdown', 'Markdown', markdown, 3, 'Save the picture (below, as SVG) beside your text; it follows light and dark.', preview('picture', picture())),
    files(exportAs, own && scenario),
  ).querySelector('textarea').focus();
}
