// The page's worker: the npm package, asked by messages.
let program;

async function loaded() {
  const api = await import('../embed/accelerando.js');
  await api.default();
  return api;
}

addEventListener('message', async ({ data: { id, version, question } }) => {
  try {
    program ??= loaded();
    const { ask } = await program;
    postMessage({ id, answer: ask(version, question) });
  } catch ({ code = 'lost', message }) {
    postMessage({ id, error: { code, message } });
  }
});
