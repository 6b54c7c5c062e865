// Writes what a page sends to the server: node documents.mjs PAGE TARGET, in the page's folder, after it was built.
//
// A server that answers registered documents alone knows them by their text, so they are collected from what makes them:
// of the console the operations of pages and of tables, of GraphiQL the questions about the schema and the examples, and of
// both what signs people in.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [page, target] = process.argv.slice(2);
const console_ = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What src/session.ts asks: its texts stand there as they are sent, but for the fields of a session. */
function ofSession() {
  const source = readFileSync(join(console_, 'src/session.ts'), 'utf8');
  const fields = /const SESSION = '([^']+)'/.exec(source)[1];
  const texts = [...source.matchAll(/(['`])((?:query|mutation) [^'`]+)\1/g)].map(([, , text]) => text.replaceAll('${SESSION}', fields));
  if (texts.length < 10 || texts.some((text) => text.includes('${'))) throw new Error('src/session.ts asks in a way that this script does not know');
  return texts;
}

async function ofConsole() {
  const { build } = await import('vite');
  const folder = mkdtempSync(join(tmpdir(), 'console-documents-'));
  try {
    await build({
      root: console_,
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: { ssr: 'src/resources/registered.ts', outDir: folder, emptyOutDir: false, rollupOptions: { output: { entryFileNames: 'registered.mjs' } } },
    });
    return (await import(pathToFileURL(join(folder, 'registered.mjs')).href)).documents;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function ofGraphiql() {
  const { getIntrospectionQuery } = createRequire(resolve('package.json'))('graphql');
  const { examples } = await import(pathToFileURL(resolve('src/examples.js')).href);
  const either = [true, false];
  const questions = either.flatMap((inputValueDeprecation) => either.map((schemaDescription) => getIntrospectionQuery({ inputValueDeprecation, schemaDescription })));
  return [...questions, ...examples.map(({ query }) => query)];
}

const own = page === 'console' ? await ofConsole() : await ofGraphiql();
const documents = [...new Set([...own, ...ofSession()])].sort();
// One document a line: a change of one is a readable diff.
writeFileSync(target, `[\n${documents.map((text) => JSON.stringify(text)).join(',\n')}\n]\n`);
console.log(`${documents.length} documents of ${page}`);
