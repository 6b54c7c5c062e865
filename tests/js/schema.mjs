// What graphql-js makes of a schema: node schema.mjs URL SDL-FILE TOKEN
// Its printer is what GraphiQL, code generators and editors write the schema with, so it must print what the server
// says of itself, and that must be what the file says.
import { readFileSync } from 'node:fs';
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema, validateSchema } from 'graphql';

const [url, file, token] = process.argv.slice(2);
const query = getIntrospectionQuery({
  descriptions: true,
  directiveIsRepeatable: true,
  inputValueDeprecation: true,
  oneOf: true,
  schemaDescription: true,
  specifiedByUrl: true,
});
const response = await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  body: JSON.stringify({ query }),
});
const { data, errors } = await response.json();
if (errors) throw new Error(errors[0].message);

const served = buildClientSchema(data);
const [fault] = validateSchema(served);
if (fault) throw fault;
const sorted = (schema) => printSchema(lexicographicSortSchema(schema)).split('\n');
const told = sorted(served);
// What is printed can be read again, and says the same.
const again = sorted(buildSchema(printSchema(served)));
const kept = sorted(buildSchema(readFileSync(file, 'utf8')));
for (const [what, lines] of [['the printed schema', again], [file, kept]]) {
  const at = told.findIndex((line, index) => line !== lines[index]);
  if (at === -1 && told.length === lines.length) continue;
  const around = (all) => all.slice(Math.max(0, at - 5), at + 3).join('\n');
  console.error(`${what} differs from what introspection says at line ${at + 1}:\n${around(told)}\n--- is there\n${around(lines)}`);
  process.exit(1);
}
console.log(`${told.length} lines`);
process.exit(told.length > 1000 ? 0 : 1);
