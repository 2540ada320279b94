// The scenarios: those that ship, and the text of the one that is shown, to be changed. Loaded when somebody asks.
import { ask } from './ask.js';
import { button, dialog, made, saveScenario } from './dialog.js';

/** Where a text is kept that has not been run yet. */
const DRAFT = 'accelerando-draft';
/** For how long nothing must have been typed before the text is checked, in milliseconds. */
const REST = 300;
/** The largest file that a scenario may be, in bytes; a larger one is not read at all. */
const LARGEST = 2 ** 20;

/** The tab's memory, where it has one. */
const memory = {
  read: () => { try { return sessionStorage.getItem(DRAFT); } catch { return null; } },
  keep: (text) => { try { text === null ? sessionStorage.removeItem(DRAFT) : sessionStorage.setItem(DRAFT, text); } catch {} },
};

/** Where a scenario's page is. The one that a page opens with has no name in its address. */
const address = (source) => location.href.split('#')[0] + (source ? `#v=1&s=${source}` : '#');

function gallery(shipped, source, title) {
  const rows = [];
  if (source.includes('~')) {
    rows.push(made('section', { 'aria-label': 'Changed' }, made('div', {}, made('strong', {}, `${title}, changed`), 'shown now'), made('p', {}, 'A text of your own. The link holds all of it.')));
  }
  for (const { source: name, title, about } of shipped) {
    const shown = name === source;
    const open = made('a', { class: 'button', href: address(name), 'aria-label': `Open ${title}` }, 'Open');
    rows.push(made('section', { 'aria-label': title }, made('div', {}, made('strong', {}, title), shown ? 'shown now' : open), made('p', {}, about)));
  }
  return rows;
}

/** A draft of the reader's that has not been run: to go on with, or to be thrown away unread. */
function keptDraft(kept, goOn) {
  const section = made('section', { 'aria-label': 'Draft' });
  const discard = button('Discard it', () => {
    memory.keep(null);
    goOn(null);
  });
  const lines = kept.split('\n').length;
  section.append(
    made('div', {}, made('strong', {}, 'Your draft, kept in this tab'), button('Open it', () => goOn(kept), { class: 'main' }), discard),
    made('p', {}, `${lines === 1 ? 'One line' : `${lines.toLocaleString('en')} lines`}, not run yet.`),
  );
  return section;
}

/** The text, what is wrong with it, and what can be done with it. */
function editor(text, kept, title, run) {
  const area = made('textarea', { class: 'code', rows: 16, spellcheck: 'false', autocapitalize: 'off', wrap: 'off', 'aria-label': 'The scenario’s text' });
  area.value = kept ?? text;
  const head = made('strong', {});
  const told = made('p', { role: 'status' });
  const list = made('ul', { class: 'faults' });
  const file = made('input', { type: 'file', accept: '.toml,text/plain', hidden: '' });
  const go = button('Run it', () => run(area.value).catch((error) => said([], error.message, true)), { class: 'main' });
  const back = button('Back to what is shown', () => put(text));
  let due;
  let checking = new AbortController();

  function said(rows, words, ready) {
    list.replaceChildren(...rows);
    told.textContent = words;
    go.disabled = !ready;
  }
  /** Where a fault is, and the way there. */
  function row({ line, from, to, words }) {
    const show = () => {
      area.focus();
      area.setSelectionRange(from, Math.max(to, from + 1));
      // A browser scrolls to what is typed, not to what is selected.
      const height = area.scrollHeight / area.value.split('\n').length;
      area.scrollTop = Math.max(0, (line - 5) * height);
    };
    return made('li', {}, line > 0 ? button(`Line ${line}: ${words}`, show) : words);
  }
  /** Has the text checked, and gives up an earlier check: only the last text counts. */
  async function check() {
    checking.abort();
    checking = new AbortController();
    const { signal } = checking;
    const checked = area.value;
    const same = checked === text;
    head.textContent = same ? `The text of “${title}”, to be changed` : 'Your draft, not run yet';
    back.disabled = same;
    go.disabled = true;
    try {
      const { faults } = await ask('Checking the scenario', { kind: 'faults', text: checked }, signal);
      if (signal.aborted) return;
      // A text that cannot be read or run is kept as well: it can be discarded before it is opened again.
      memory.keep(same ? null : checked);
      const placed = faults.filter(({ line }) => line > 0).length;
      if (faults.length > 0) said(faults.map(row), placed > 0 ? `${placed === 1 ? 'One fault' : `${placed} faults`}; choose one to go there.` : 'It cannot be run as it is.', false);
      else said([], same ? 'This is the scenario that is shown; what levers change is not part of it.' : 'It can be run. The browser’s Back leads to what is shown now.', !same);
    } catch (error) {
      if (!signal.aborted) said([], `It was not checked: ${error.message} Change it to check it again.`, false);
    }
  }
  function put(text) {
    area.value = text;
    check();
  }
  async function read(from) {
    if (!from) return;
    if (from.size > LARGEST) said([], `${from.name} has ${from.size.toLocaleString('en')} bytes; a scenario has ${LARGEST.toLocaleString('en')} at most.`, false);
    else put(await from.text());
  }
  area.addEventListener('input', () => {
    clearTimeout(due);
    due = setTimeout(check, REST);
  });
  area.addEventListener('dragover', (event) => event.preventDefault());
  area.addEventListener('drop', (event) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  });
  file.addEventListener('change', () => read(file.files[0]));
  check();
  return made(
    'section', { 'aria-label': 'Text' },
    made('div', {}, head),
    made('p', {}, 'Endpoints, rules, phases and claims are written in TOML, conditions and formulas in ', made('a', { href: 'language.md', target: '_blank' }, 'a small language'), '. What you change stays in this tab until you run it; a link then carries it whole.'),
    area, told, list,
    made('div', { class: 'row-of-buttons' }, go, button('Open a file…', () => file.click()), button('Save as a file', () => saveScenario(area.value)), back, file),
  );
}

/** Shows the scenarios, with the text of the one that a view is of. */
export async function open({ bytes, source }) {
  const title = document.querySelector('.scenario').textContent;
  try {
    const [{ scenarios }, { text }] = await Promise.all([ask('Opening the scenarios', { kind: 'shipped' }), ask('Opening the scenarios', { kind: 'text', source })]);
    const run = async (changed) => {
      const { link } = await ask('Opening your scenario', { kind: 'carried', view: { bytes, source }, text: changed });
      memory.keep(null);
      location.hash = link;
    };
    const rows = gallery(scenarios, source, title);
    const edited = (kept) => editor(text, kept, title, run);
    const kept = memory.read();
    const draft = kept !== null && kept !== text && keptDraft(kept, (own) => draft.replaceWith(edited(own)));
    dialog('Scenarios', ...rows, draft || edited(null));
  } catch (error) {
    dialog('Scenarios', made('p', { role: 'alert' }, error.message));
  }
}
