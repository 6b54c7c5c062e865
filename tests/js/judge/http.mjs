// Asks a server what it says of documents, and compares with graphql-js: node judge/http.mjs URL SCHEMA COUNT SEED
// Queries are asked whatever they are. Mutations and subscriptions only when they are wrong: nothing of them may run.
import { parse } from 'graphql';
import { Generator } from './generate.mjs';
import { Random } from './random.mjs';
import { judge, readSchema } from './schema.mjs';
import { Spoiler } from './spoil.mjs';

const [url, file, count, first] = process.argv.slice(2);
const schema = readSchema(file);
const spoiler = new Spoiler(schema);
// What the server says of the size of a document or of its pages is no matter of the specification.
const limits = new Set(['LIMIT_EXCEEDED']);

function isQuery(query) {
  try {
    return parse(query).definitions.every((definition) => (definition.operation ?? 'query') === 'query');
  } catch {
    return false;
  }
}

function isSubscription(query) {
  return /\bsubscription\b/.test(query);
}

async function ask(written) {
  const accept = isSubscription(written.query) ? 'text/event-stream' : 'application/graphql-response+json';
  const { query, operationName, variables } = written;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, operationName, variables }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  const json = text.startsWith('{') ? text : (/^data: ?(\{.*)$/m.exec(text)?.[1] ?? 'null');
  return { status: response.status, answer: JSON.parse(json), text };
}

let asked = 0;
let refusals = 0;
const wrong = [];
for (let seed = Number(first); asked < Number(count); seed += 1) {
  const random = new Random(seed);
  let written = new Generator(schema, random).document();
  if (random.chance(0.6)) written = spoiler.spoil(written, random);
  const refused = judge(schema, written);
  if (!refused && !isQuery(written.query)) continue;
  asked += 1;
  const { status, answer, text } = await ask(written);
  const codes = (answer?.errors ?? []).map((error) => error.extensions?.code);
  if (!refused && codes.some((code) => limits.has(code))) continue;
  // A request that is refused has no data, and a status that says so where the media type allows one.
  const isRefused = answer !== null && !('data' in answer) && codes.length > 0;
  const isTold = !refused || (status === 400 && codes.every((code) => /^(GRAPHQL_\w+|BAD_USER_INPUT)$/.test(code)));
  refusals += refused ? 1 : 0;
  if (isRefused === Boolean(refused) && (isTold || isSubscription(written.query))) continue;
  wrong.push(`seed ${seed}: ${refused}\n${written.query}\n${JSON.stringify(written.variables)}\n${status} ${text.slice(0, 500)}`);
}
console.log(`${asked} asked, ${refusals} refused by graphql-js, ${wrong.length} judged otherwise`);
if (wrong.length > 0) console.error(wrong.slice(0, 5).join('\n\n'));
process.exit(wrong.length === 0 && refusals > asked / 3 ? 0 : 1);
