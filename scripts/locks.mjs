// Checks npm's lock files: node scripts/locks.mjs [--audit] FOLDER…
//
// Each is in step with its package.json, every package has the sum of what it holds, comes from nowhere but the
// registry that npm asks anyway, and has a licence that is allowed; none brings a script that runs when it is installed
// (`npm ci` is called without them; those named here work without theirs). With --audit npm is asked for known faults.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** None of the GPL family: tools that build and test, of which nothing is shipped but what esbuild bundles. */
const LICENCES = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'MPL-2.0'];
/** Packages that do not say their licence in package.json, and where it stands instead. */
const UNSAID = { 'parse-cache-control': 'BSD, in its README' };
/** Packages with a script that would run when they are installed, and why it is not needed. */
const SCRIPTS = { esbuild: 'makes its command start sooner' };

/** Whether an SPDX expression can be met by what is allowed: one of what stands between OR, all of what stands between AND. */
const allowed = (licence) => licence.replace(/^\((.*)\)$/, '$1').split(' OR ')
  .some((choice) => choice.split(' AND ').every((one) => LICENCES.includes(one)));
const same = (one, other) => JSON.stringify(one ?? {}) === JSON.stringify(other ?? {});
const read = (folder, file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));

/** What is wrong with the lock of a folder, in words. */
export const faults = (manifest, lock) => {
  const { '': root, ...packages } = lock.packages ?? {};
  const found = [];
  if (lock.lockfileVersion !== 3 || !root) return [`it is of version ${lock.lockfileVersion}, not 3: run npm install`];
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']) {
    if (!same(manifest[kind], root[kind])) found.push(`its ${kind} are not those of package.json: run npm install`);
    for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
      const locked = packages[`node_modules/${name}`]?.version;
      if (version !== locked) found.push(`${name} is locked at ${locked}, where package.json says ${version}: name one version there`);
    }
  }
  for (const [name, version] of Object.entries(manifest.overrides ?? {})) {
    for (const [path, entry] of Object.entries(packages)) {
      if (path.endsWith(`node_modules/${name}`) && entry.version !== version) found.push(`${path} is not the override's ${version}`);
    }
  }
  for (const [path, entry] of Object.entries(packages)) {
    const name = path.replace(/^.*node_modules\//, '');
    if (!path.startsWith('node_modules/') || entry.link) found.push(`${path} is a folder or a link, and no package`);
    if (!/^sha512-[\w+/]{86}==$/.test(entry.integrity ?? '')) found.push(`${path} has no sha512 sum of what it holds`);
    if (entry.resolved !== undefined) found.push(`${path} names where it comes from; the registry is npm's own affair: set omit-lockfile-registry-resolved`);
    if (entry.hasInstallScript && !(name in SCRIPTS)) found.push(`${path} runs a script when it is installed: name it in scripts/locks.mjs if it works without`);
    if (!(typeof entry.license === 'string' ? allowed(entry.license) : name in UNSAID)) {
      found.push(`${path} has the licence ${entry.license ?? 'unknown'}, which is not among those in scripts/locks.mjs`);
    }
  }
  return found;
};

const audit = (folder) => new Promise((resolve) => {
  execFile('npm', ['audit', '--json', '--package-lock-only'], { cwd: folder, timeout: 60_000, maxBuffer: 1 << 26 }, (_, out) => {
    try {
      resolve(JSON.parse(out));
    } catch {
      resolve({});
    }
  });
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const audits = process.argv[2] === '--audit';
  const folders = process.argv.slice(audits ? 3 : 2);
  let bad = 0;
  for (const folder of folders) {
    if (!audits) {
      const found = faults(read(folder, 'package.json'), read(folder, 'package-lock.json'));
      for (const fault of found) console.error(`${folder}/package-lock.json: ${fault}`);
      bad += found.length;
      continue;
    }
    const counted = (await audit(folder)).metadata?.vulnerabilities;
    if (!counted) {
      console.error('advisories of npm packages: NOT CHECKED, npm\'s registry does not answer to that from here');
      break;
    }
    console.log(`advisories of ${folder}: ${JSON.stringify(counted)}`);
    // These packages build and test, and are given nothing of a stranger's: what is less is only told.
    if (counted.critical > 0) bad += 1;
  }
  if (!audits && bad === 0) console.log(`${folders.length} lock files are as they should be`);
  process.exit(bad ? 1 : 0);
}
