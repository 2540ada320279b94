// Runs a program with bounds to its memory and its processor time, and says how it ended.
import { spawn } from 'node:child_process';

/**
 * Runs a program. `memory` is in MiB of address space (0: no bound), `seconds` in seconds of processor time, so that a
 * machine with much else to do gives the same answer. Gives its code or signal, and what it printed.
 */
export const bounded = (program, args, { memory, seconds, input }) => new Promise((resolve, reject) => {
  const bounds = `${memory ? `ulimit -v ${memory * 1024}; ` : ''}ulimit -t ${seconds}; ulimit -c 0; exec "$@"`;
  const child = spawn('bash', ['-c', bounds, 'bash', program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const kept = { out: [], err: [] };
  const sizes = { out: 0, err: 0 };
  for (const [name, stream] of [['out', child.stdout], ['err', child.stderr]]) {
    stream.on('data', (chunk) => {
      sizes[name] += chunk.length;
      // What says how it ended stands at the beginning; the rest is only counted.
      if (sizes[name] < 1 << 20) kept[name].push(chunk);
    });
  }
  // What waits without working is caught by this one; nothing else here looks at a clock.
  const hung = setTimeout(() => child.kill('SIGKILL'), 600_000);
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  child.on('error', reject);
  child.on('close', (code, signal) => {
    clearTimeout(hung);
    const text = (name) => Buffer.concat(kept[name]).toString();
    resolve({ code, signal, out: text('out'), err: text('err'), outBytes: sizes.out, errBytes: sizes.err });
  });
});
