// Puts the page as it opens into the built HTML: node scripts/insert-still.mjs DIST < STILL
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PLACE = '<!-- still -->';
const file = join(process.argv[2] ?? 'dist', 'index.html');
const page = readFileSync(file, 'utf8');
if (!page.includes(PLACE)) throw new Error(`${file} has no ${PLACE}`);
const still = readFileSync(0, 'utf8').trim();
writeFileSync(file, page.replace(PLACE, () => still));
