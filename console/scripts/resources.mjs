// Writes src/generated/resources.json from schema.graphql: what a grid and a form have to know of each table.
//
// A table is a root field that answers a connection. What may be written is what the schema's inputs name; who may
// write it is the server's to say.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { buildSchema, getNamedType, isEnumType, isListType, isNonNullType, isObjectType, isScalarType } from 'graphql';

const here = dirname(fileURLToPath(import.meta.url));
const schema = buildSchema(readFileSync(join(here, '../../schema.graphql'), 'utf8'));
const queries = schema.getQueryType().getFields();
const mutations = schema.getMutationType().getFields();
const subscriptions = schema.getSubscriptionType().getFields();

/** Columns that no grid shows: long rows of numbers, and the key that Relay wants. */
const HIDDEN = new Set(['Vector']);
const HIDDEN_NAMES = new Set(['nodeId']);

const capital = (name) => name[0].toUpperCase() + name.slice(1);
const firstSentence = (text) => (text ?? '').split(/(?<=[.!?])\s/)[0].replace(/\s+/g, ' ').trim() || undefined;

function columnOf(field, where, orderBy) {
  const type = getNamedType(field.type);
  const inner = isNonNullType(field.type) ? field.type.ofType : field.type;
  return {
    name: field.name,
    type: type.name,
    ...(isListType(inner) && { list: true }),
    ...(!isNonNullType(field.type) && { optional: true }),
    ...(isEnumType(type) && { values: type.getValues().map(({ name }) => name) }),
    ...(where?.[field.name] && { filter: true }),
    ...(orderBy?.[field.name] && { sort: true }),
    about: firstSentence(field.description),
  };
}

function resourceOf(root) {
  const node = getNamedType(getNamedType(root.type).getFields().nodes.type);
  const fields = Object.values(node.getFields());
  const where = schema.getType(`${node.name}Where`)?.getFields();
  const orderBy = schema.getType(`${node.name}OrderBy`)?.getFields();
  const input = schema.getType(`${node.name}Input`)?.getFields();
  const set = schema.getType(`${node.name}Set`)?.getFields();
  const columns = fields
    .filter((field) => {
      const type = getNamedType(field.type);
      const isPlain = (isScalarType(type) || isEnumType(type)) && field.args.length === 0;
      return isPlain && !HIDDEN.has(type.name) && !HIDDEN_NAMES.has(field.name);
    })
    .map((field) => columnOf(field, where, orderBy));
  const names = new Set(columns.map(({ name }) => name));
  const relations = fields
    .filter((field) => isObjectType(getNamedType(field.type)) && field.args.length === 0 && names.has(`${field.name}Id`))
    .map((field) => ({ name: field.name, to: getNamedType(field.type).name, by: `${field.name}Id` }));
  const single = Object.values(queries).find((field) => field.type === node && field.name !== 'node');
  const plain = (given) =>
    Object.values(given ?? {}).filter((field) => names.has(field.name)).map(({ name }) => name);
  const required = Object.values(input ?? {})
    .filter((field) => isNonNullType(field.type) && field.defaultValue === undefined)
    .map(({ name }) => name);
  const many = capital(root.name);
  return {
    name: root.name,
    type: node.name,
    about: firstSentence(node.description),
    key: (single?.args ?? []).map(({ name }) => name),
    ...(single && { single: single.name }),
    columns,
    relations,
    ...(mutations[`create${node.name}`] && { create: plain(input), required }),
    ...(mutations[`update${many}`] && { update: plain(set) }),
    ...(mutations[`delete${many}`] && { remove: true }),
    ...(subscriptions[`${root.name}Changes`] && { live: true }),
  };
}

const resources = Object.values(queries)
  .filter((field) => {
    const type = getNamedType(field.type);
    return isObjectType(type) && type.name.endsWith('Connection') && field.args.some(({ name }) => name === 'where');
  })
  .map(resourceOf);

const target = join(here, '../src/generated/resources.json');
mkdirSync(dirname(target), { recursive: true });
// One table a line: a change of one is a readable diff.
writeFileSync(target, `[\n${resources.map((resource) => JSON.stringify(resource)).join(',\n')}\n]\n`);
console.log(`${resources.length} tables`);
