// The scenarios: those that ship, and the text of the one that is shown, to be changed. Loaded when somebody asks.
import { button, dialog, made, saveScenario } from './dialog.js';

/** Where a text is kept that has not been run yet. */
const DRAFT = 'accelerando-draft';
/** For how long nothing must have been typed before the text is checked, in milliseconds. */
const REST = 300;

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
  for (let at = 0; at < shipped.length; at += 3) {
    const [name, title, about] = shipped.slice(at, at + 3);
    const shown = name === source;
    const open = made('a', { class: 'button', href: address(name), 'aria-label': `Open ${title}` }, 'Open');
    rows.push(made('section', { 'aria-label': title }, made('div', {}, made('strong', {}, title), shown ? 'shown now' : open), made('p', {}, about)));
  }
  return rows;
}

/** The text, what is wrong with it, and what can be done with it. */
function editor(text, title, reader, run) {
  const kept = memory.read();
  const area = made('textarea', { class: 'code', rows: 16, spellcheck: 'false', autocapitalize: 'off', wrap: 'off', 'aria-label': 'The scenario’s text' });
  area.value = kept ?? text;
  const head = made('strong', {});
  const told = made('p', { role: 'status' });
  const list = made('ul', { class: 'faults' });
  const file = made('input', { type: 'file', accept: '.toml,text/plain', hidden: '' });
  const go = button('Run it', () => run(area.value), { class: 'main' });
  const back = button('Back to what is shown', () => put(text, null));
  let due;

  function check() {
    const faults = reader.faultsOf(area.value);
    const rows = [];
    for (let at = 0; at < faults.length; at += 4) {
      const [line, from, to, words] = faults.slice(at, at + 4);
      const show = () => {
        area.focus();
        area.setSelectionRange(from, Math.max(to, from + 1));
        // A browser scrolls to what is typed, not to what is selected.
        const height = area.scrollHeight / area.value.split('\n').length;
        area.scrollTop = Math.max(0, (line - 5) * height);
      };
      rows.push(made('li', {}, line > 0 ? button(`Line ${line}: ${words}`, show) : words));
    }
    list.replaceChildren(...rows);
    const same = area.value === text;
    head.textContent = same ? `The text of “${title}”, to be changed` : 'Your draft, not run yet';
    go.disabled = rows.length > 0 || same;
    back.disabled = same;
    if (rows.length > 0) told.textContent = `${rows.length === 1 ? 'One fault' : `${rows.length} faults`}; choose one to go there.`;
    else told.textContent = same ? 'This is the scenario that is shown; what levers change is not part of it.' : 'It can be run. The browser’s Back leads to what is shown now.';
  }
  /** Puts another text in, to be kept as a draft unless it is the one that is shown. */
  function put(text, draft = text) {
    area.value = text;
    memory.keep(draft);
    check();
  }
  async function read(from) {
    if (from) put(await from.text());
  }
  area.addEventListener('input', () => {
    memory.keep(area.value);
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
export function open({ numbers, text, source }, ask) {
  const show = (reader) => {
    const run = (changed) => {
      memory.keep(null);
      location.hash = reader.carriedTo(numbers, text, source, changed);
    };
    const title = document.querySelector('.scenario').textContent;
    dialog('Scenarios', ...gallery(reader.shipped(), source, title), editor(reader.textOf(source), title, reader, run));
  };
  ask((reader) => reader, show, (words) => dialog('Scenarios', made('p', { role: 'alert' }, words)));
}
