// Questions to the page's worker. Whatever others wrote is read there, so that nothing of theirs can hold the page;
// what takes a while is told, and can be stopped.

/** The version of questions and answers, as the program has it. */
const VERSION = 1;
/** How long a question may take before that is told, in milliseconds. */
const PATIENCE = 300;

let worker;
let last = 0;
/** What has been asked and not been answered, in order. */
const open = new Map();

const failure = (code, message) => Object.assign(new Error(message), { code });

function started() {
  const made = new Worker(new URL('worker.js', import.meta.url), { type: 'module' });
  made.addEventListener('message', ({ data: { id, answer, error } }) => {
    if (error?.code === 'lost') return lost(made, failure('lost', `This could not be done (${error.message}).`));
    const asked = open.get(id);
    open.delete(id);
    if (error) asked?.failed(failure(error.code, error.message));
    else asked?.done(answer);
  });
  made.addEventListener('error', (event) => {
    event.preventDefault();
    lost(made, failure('not_loaded', 'A part of this page could not be loaded. Check your connection and try again.'));
  });
  return made;
}

/** A worker is gone: what it was working on is refused, and what waited is asked of another one. */
function lost(gone, why) {
  if (gone !== worker) return;
  worker.terminate();
  worker = undefined;
  const [current] = open.keys();
  const asked = open.get(current);
  open.delete(current);
  asked?.failed(why);
  // What cannot be loaded is not there for the others either.
  if (why.code === 'not_loaded') {
    for (const other of open.values()) other.failed(why);
    open.clear();
  }
  for (const [id, { question }] of open) send(id, question);
}

function send(id, question) {
  worker ??= started();
  worker.postMessage({ id, version: VERSION, question });
}

/** Gives up a question, whether the worker has come to it or not. */
function stopped(id) {
  if (!open.has(id)) return;
  const why = failure('stopped', 'You stopped this.');
  const [current] = open.keys();
  if (id === current) return lost(worker, why);
  open.get(id).failed(why);
  open.delete(id);
}

/** What is going on, with a way to stop it: one strip, for what has taken long and was asked first. */
let strip;

function show() {
  strip?.remove();
  strip = undefined;
  const long = [...open].find(([, { late }]) => late);
  if (!long) return;
  const [id, { words }] = long;
  strip = document.createElement('div');
  strip.className = 'busy';
  strip.setAttribute('role', 'status');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Stop';
  button.addEventListener('click', () => stopped(id));
  strip.append(`${words}…`, button);
  // A dialog that is open covers everything else.
  (document.querySelector('dialog[open]') ?? document.body).append(strip);
}

/**
 * Asks the worker. `words` say what is going on, where the reader waits for it; `signal` gives the question up.
 * Answers, or fails with an error that has a code.
 */
export function ask(words, question, signal) {
  const id = ++last;
  const stop = () => stopped(id);
  const asked = { words, question, late: false };
  const due = setTimeout(() => {
    asked.late = words !== '';
    show();
  }, PATIENCE);
  return new Promise((done, failed) => {
    open.set(id, Object.assign(asked, { done, failed }));
    signal?.addEventListener('abort', stop);
    send(id, question);
  }).finally(() => {
    clearTimeout(due);
    signal?.removeEventListener('abort', stop);
    if (asked.late) show();
  });
}
