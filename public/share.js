// The ways to share what the page shows, each with a live preview and a button that copies it. Loaded when somebody
// shares for the first time.

const STYLE = `
  .share { width: min(720px, calc(100vw - 24px)); max-height: calc(100dvh - 24px); padding: 24px 28px; overflow: auto; color: var(--text); background: var(--ground); border: 1px solid var(--hairline); border-radius: 8px; }
  .share::backdrop { background: rgb(0 0 0 / 0.4); }
  .share .head { display: flex; align-items: baseline; gap: 12px; }
  .share h2 { font-size: 18px; font-weight: 620; flex: 1; }
  .share strong { font-weight: 620; flex: 1; }
  .share section { padding-top: 18px; }
  .share section > div { display: flex; align-items: center; gap: 12px; padding-bottom: 6px; }
  .share p { color: var(--second); padding-bottom: 6px; }
  .share textarea { display: block; width: 100%; padding: 8px 10px; resize: vertical; font: 12px/1.5 ui-monospace, monospace; color: var(--text); background: var(--raised); border: 1px solid var(--hairline); border-radius: 4px; overflow-wrap: anywhere; }
  .share button, .share select { padding: 5px 12px; font: inherit; font-weight: 540; color: var(--text); background: var(--raised); border: 1px solid var(--control); border-radius: 4px; cursor: pointer; }
  .share .row-of-buttons { flex-wrap: wrap; gap: 8px; }
  .share .preview { display: block; width: 100%; height: 220px; margin-top: 8px; overflow: auto; border: 1px solid var(--hairline); border-radius: 4px; background: var(--ground); }
  .share .preview img { display: block; width: 100%; }
  @media (max-width: 759px) { .share { padding: 16px; } .share button, .share select { min-height: 40px; } }
`;
const DEFAULT_VIEW = 'metrics timeline';

let dialog;

function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const quoted = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

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

function save(name, blob) {
  const link = made('a', { download: name, href: URL.createObjectURL(blob) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function choice(label, options) {
  const select = made('select', { 'aria-label': label }, ...options.map(([value, words]) => made('option', { value }, words)));
  return [select, made('label', {}, `${label} `, select)];
}

/** The run as files, made when they are asked for: the same bytes as the command line's `--format`. */
function files(exportAs) {
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
  const text = (words, format, name, type) => button(words, () => save(name, new Blob([exportAs(format)], { type })));
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
      text('Trace events (for Perfetto)', 'trace-event', 'accelerando-trace.json', 'application/json')),
    made('div', { class: 'row-of-buttons' }, chartField, themeField,
      button('SVG', () => save(`${name()}.svg`, new Blob([picture()], { type: 'image/svg+xml' }))),
      button('PNG', async () => save(`${name()}.png`, await png(picture())))),
    told,
  );
}

/**
 * Shows the ways to share a view: its link, the run in one sentence, its picture, what was changed, how many calls
 * were made by hand, and what gives the run in other forms.
 */
export function open(link, sentence, svg, changed, byHand, exportAs) {
  if (!dialog) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    dialog = made('dialog', { class: 'share', 'aria-labelledby': 'share-title' });
    // Its previews run, and load the page's scripts; they go with it.
    dialog.addEventListener('close', () => dialog.replaceChildren());
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
    // Keys of the page behind it are not meant.
    dialog.addEventListener('keydown', (event) => event.stopPropagation());
    document.body.append(dialog);
  }
  const values = Object.entries(JSON.parse(changed)).map(([name, value]) => [name, String(value)]);
  const address = `${base()}#${link}`;
  const source = new URL('embed/accelerando-view.js', base());
  const frame = new URL('index.html', base());
  frame.search = new URLSearchParams([['embed', 'v1'], ['view', DEFAULT_VIEW.replaceAll(' ', ',')], ['controls', 'traffic'], ...values]);
  const attributes = [['view', DEFAULT_VIEW], ['controls', 'traffic'], ...values];
  const element = `<script type="module" src="${quoted(source.href)}"></script>\n<accelerando-view ${attributes.map(([name, value]) => `${name}="${quoted(value)}"`).join(' ')}></accelerando-view>`;
  const iframe = `<iframe title="A monitoring schedule at work" sandbox="allow-scripts" width="800" height="520" src="${quoted(frame.href.replaceAll('%2C', ','))}"></iframe>`;
  const markdown = `[![${sentence.replaceAll(/[[\]]/g, '')}](accelerando.svg)](${address})`;
  const left = byHand > 0 ? ` The ${byHand === 1 ? 'call' : `${byHand} calls`} that you made by hand ${byHand === 1 ? 'is' : 'are'} in the link only.` : '';

  const close = made('button', { type: 'button' }, 'Close');
  close.addEventListener('click', () => dialog.close());
  const alive = document.createElement('accelerando-view');
  for (const [name, value] of attributes) alive.setAttribute(name, value);
  const scheme = document.documentElement.dataset.theme;
  if (scheme) alive.setAttribute('theme', scheme);
  import(source.href);
  const shown = made('iframe', { class: 'preview', title: 'Preview of the frame', sandbox: 'allow-scripts', src: frame.href });
  const picture = made('img', { alt: sentence, src: `data:image/svg+xml,${encodeURIComponent(svg)}` });
  dialog.replaceChildren(
    made('div', { class: 'head' }, made('h2', { id: 'share-title' }, 'Share what you see'), close),
    way('Link', 'link', address, 2, 'It opens this page as it stands, runs it again, and says whether it comes to the same.'),
    way('Element for your own page', 'element', element, 3, `A live view, of one script that you may as well copy from the folder embed/.${left}`, made('div', { class: 'preview', tabindex: '0', role: 'group', 'aria-label': 'Preview of the element' }, alive)),
    way('Frame', 'frame', iframe, 3, 'For pages that take no scripts of others. The host of this page must serve it to any origin.', shown),
    way('Picture with a link, in Markdown', 'Markdown', markdown, 3, 'Save the picture (below, as SVG) beside your text; it follows light and dark.', made('div', { class: 'preview', tabindex: '0', role: 'group', 'aria-label': 'Preview of the picture' }, picture)),
    files(exportAs),
  );
  dialog.showModal();
  dialog.querySelector('textarea').focus();
}
