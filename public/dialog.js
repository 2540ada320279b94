// Dialogs of what is loaded on demand: how they look, and that they open and close.

const STYLE = `
  .sheet { width: min(720px, calc(100vw - 24px)); max-height: calc(100dvh - 24px); padding: 24px 28px; overflow: auto; color: var(--text); background: var(--ground); border: 1px solid var(--hairline); border-radius: 8px; }
  .sheet::backdrop { background: rgb(0 0 0 / 0.4); }
  .sheet .head { display: flex; align-items: baseline; gap: 12px; }
  .sheet h2 { font-size: 18px; font-weight: 620; flex: 1; }
  .sheet strong { font-weight: 620; flex: 1; }
  .sheet section { padding-top: 18px; }
  .sheet section > div { display: flex; align-items: center; gap: 12px; padding-bottom: 6px; }
  .sheet p { color: var(--second); padding-bottom: 6px; }
  .sheet textarea { display: block; width: 100%; padding: 8px 10px; resize: vertical; font: 12px/1.5 ui-monospace, monospace; color: var(--text); background: var(--raised); border: 1px solid var(--hairline); border-radius: 4px; overflow-wrap: anywhere; }
  .sheet textarea.code { white-space: pre; overflow: auto; overflow-wrap: normal; }
  .sheet button, .sheet select, .sheet .button { padding: 5px 12px; font: inherit; font-weight: 540; color: var(--text); text-decoration: none; background: var(--raised); border: 1px solid var(--control); border-radius: 4px; cursor: pointer; }
  .sheet button:disabled { color: var(--second); border-style: dashed; cursor: default; }
  .sheet .main { color: var(--ground); background: var(--text); border-color: var(--text); }
  .sheet .main:disabled { color: var(--second); background: none; border-color: var(--control); }
  .sheet .row-of-buttons { flex-wrap: wrap; gap: 8px; }
  .sheet [role='status'] { padding-top: 8px; }
  .sheet .faults { margin: 8px 0 0; padding: 0; list-style: none; max-height: 160px; overflow: auto; }
  .sheet .faults button { width: 100%; margin-bottom: 4px; text-align: left; font-weight: 400; overflow-wrap: anywhere; }
  .sheet .preview { display: block; width: 100%; height: 380px; margin-top: 8px; overflow: auto; border: 1px solid var(--hairline); border-radius: 4px; background: var(--ground); }
  .sheet .preview img { display: block; width: 100%; }
  @media (max-width: 759px) { .sheet { padding: 16px; } .sheet button, .sheet select, .sheet .button { min-height: 40px; } .sheet .button { padding-top: 9px; } }
`;

let open;

export function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function button(words, act, attributes = {}) {
  const element = made('button', { type: 'button', ...attributes }, words);
  element.addEventListener('click', act);
  return element;
}

/** Saves a text or a picture as a file. */
export function save(name, blob) {
  const link = made('a', { download: name, href: URL.createObjectURL(blob) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Saves the text of a scenario, under the name that others are told. */
export const SCENARIO = 'scenario.toml';
export const saveScenario = (text) => save(SCENARIO, new Blob([text], { type: 'application/toml' }));

/** Opens a dialog with a title, and gives it. What is in it goes when it is closed: previews run, and load scripts. */
export function dialog(title, ...parts) {
  if (!open) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    open = made('dialog', { class: 'sheet', 'aria-labelledby': 'sheet-title' });
    open.addEventListener('close', () => open.replaceChildren());
    open.addEventListener('click', (event) => event.target === open && open.close());
    // Keys of the page behind it are not meant.
    open.addEventListener('keydown', (event) => event.stopPropagation());
    document.body.append(open);
  }
  const close = button('Close', () => open.close());
  open.replaceChildren(made('div', { class: 'head' }, made('h2', { id: 'sheet-title' }, title), close), ...parts);
  open.showModal();
  return open;
}
