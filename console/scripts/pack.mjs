// Packs what Vite built, as the repository keeps it: node pack.mjs DIST BUILT [--check]
//
// Each file is kept as Brotli alone. A file whose contents are the same stays as it is, so that another version of
// Brotli changes nothing. With --check nothing is written; it fails where BUILT is not what DIST holds, byte for byte.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const [dist, built, mode] = process.argv.slice(2);
const isCheck = mode === '--check';
const differences = [];
let bytes = 0;

/** The files below a folder, by their path in it. */
function filesOf(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

const packed = (contents) =>
  brotliCompressSync(contents, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: contents.length,
    },
  });

const wanted = new Set();
for (const name of filesOf(dist)) {
  const contents = readFileSync(join(dist, name));
  const target = join(built, `${name}.br`);
  wanted.add(`${name}.br`);
  if (!existsSync(target) || !brotliDecompressSync(readFileSync(target)).equals(contents)) {
    differences.push(name);
    if (isCheck) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, packed(contents));
  }
  bytes += readFileSync(target).length;
}
for (const name of filesOf(built)) {
  if (wanted.has(name)) continue;
  differences.push(name);
  if (!isCheck) rmSync(join(built, name));
}
if (isCheck && differences.length > 0) {
  console.error(`${built} is not what its sources build: ${differences.join(', ')}\nRun .ci/pages and commit what it writes.`);
  process.exit(1);
}
console.log(`${built}: ${wanted.size} files, ${bytes} bytes packed, ${differences.length} ${isCheck ? 'different' : 'written'}`);
