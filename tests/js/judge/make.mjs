// Writes documents and what graphql-js says of them: node judge/make.mjs SCHEMA COUNT SEED OUT
// Half of the documents are spoilt. Each line of OUT is {seed, query, operationName, variables, refused}.
import { writeFileSync } from 'node:fs';
import { stripIgnoredCharacters } from 'graphql';
import { Generator } from './generate.mjs';
import { Random } from './random.mjs';
import { judge, readSchema } from './schema.mjs';
import { Spoiler } from './spoil.mjs';

const [file, count, first, out] = process.argv.slice(2);
const schema = readSchema(file);
const spoiler = new Spoiler(schema);
const lines = [];
for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  const random = new Random(seed);
  let written = new Generator(schema, random).document();
  if (random.chance(0.25)) written.query = stripIgnoredCharacters(written.query);
  if (random.chance(0.55)) written = spoiler.spoil(written, random);
  lines.push(JSON.stringify({ seed, ...written, refused: judge(schema, written) }));
}
writeFileSync(out, `${lines.join('\n')}\n`);
