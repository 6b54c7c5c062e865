// The operations of grids and forms. Their shape is the same for all tables, so they are made and not written.
import type { Document } from '../api';
import { resourceOf, titleOf, type Resource, type Row } from './schema';

const capital = (name: string) => name[0]!.toUpperCase() + name.slice(1);

/** What is read of a row: columns, and of rows that it names their key and title. */
function selection(resource: Resource, names: string[]): string {
  const wanted = new Set([...resource.key, ...names]);
  const related = resource.relations
    .filter(({ by }) => wanted.has(by))
    .map(({ name, to }) => {
      const target = resourceOf(to);
      return target ? `${name} { ${[...new Set([...target.key, titleOf(target)])].join(' ')} }` : '';
    });
  return [...wanted, ...related].join(' ');
}

/** All columns, in the order of the schema. */
export const everyColumn = (resource: Resource) => resource.columns.map((column) => column.name);

let onlyRegistered = false;

/** The server answers registered documents alone: from now on all columns are asked for, whichever are shown. */
export const askRegistered = () => (onlyRegistered = true);

/** The columns to ask for where these are shown. */
export const columnsToAsk = (resource: Resource, names: string[]) => (onlyRegistered ? everyColumn(resource) : names);

const document = <Data>(text: string): Document<Data, Record<string, unknown>> => text;

/** A page of a table's rows. */
export interface Page {
  nodes: Row[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const pageField = ({ name }: Resource, selected: string) =>
  `${name}(where: $where, orderBy: $orderBy, first: $first, after: $after) { nodes { ${selected} } pageInfo { hasNextPage endCursor } }`;
const pageVariables = ({ type }: Resource) => `$where: ${type}Where, $orderBy: [${type}OrderBy!], $first: Int, $after: Cursor`;

/** The first rows, live where the table's changes are known. */
export function pageDocument(resource: Resource, names: string[]) {
  const field = pageField(resource, selection(resource, names));
  return resource.live
    ? document<{ live: Record<string, Page> }>(`subscription ${resource.type}Page(${pageVariables(resource)}) { live { ${field} } }`)
    : document<Record<string, Page>>(`query ${resource.type}Page(${pageVariables(resource)}) { ${field} }`);
}

/** Rows after those, once. */
export function moreDocument(resource: Resource, names: string[]) {
  return document<Record<string, Page>>(`query ${resource.type}More(${pageVariables(resource)}) { ${pageField(resource, selection(resource, names))} }`);
}

/** The same for files: nothing but the columns. */
export function exportDocument(resource: Resource, names: string[]) {
  return document<Record<string, Page>>(`query ${resource.type}Export(${pageVariables(resource)}) { ${pageField(resource, names.join(' '))} }`);
}

/** How many rows meet a condition. */
export function countDocument({ type, name }: Resource) {
  return document<Record<string, { totalCount: number }>>(`query ${type}Count($where: ${type}Where) { ${name}(where: $where, first: 1) { totalCount } }`);
}

/** One row by its key, live where that is possible and not wanted once. */
export function rowDocument(resource: Resource, once = false) {
  const { type, name } = resource;
  const field = `${name}(where: $where, first: 1) { nodes { ${selection(resource, everyColumn(resource))} } }`;
  return resource.live && !once
    ? document<{ live: Record<string, Page> }>(`subscription ${type}Row($where: ${type}Where) { live { ${field} } }`)
    : document<Record<string, Page>>(`query ${type}Row($where: ${type}Where) { ${field} }`);
}

/** What an answer holds, live or not. */
export function pageIn(resource: Resource, data: unknown): Page | undefined {
  const answer = data as Record<string, unknown> | undefined;
  const root = (answer?.live ?? answer) as Record<string, Page> | undefined;
  return root?.[resource.name];
}

/** Makes a row. */
export function createDocument({ type, key }: Resource) {
  return document<Record<string, Row>>(`mutation Create${type}($input: ${type}Input!) { create${type}(input: $input) { ${key.join(' ')} } }`);
}

/** Changes the one row that meets the condition. */
export function updateDocument({ type, name }: Resource) {
  const field = `update${capital(name)}`;
  return document<Record<string, { affectedCount: number }>>(
    `mutation Update${type}($where: ${type}Where!, $set: ${type}Set!) { ${field}(where: $where, set: $set) { affectedCount } }`,
  );
}

/** Deletes the one row that meets the condition. */
export function deleteDocument({ type, name }: Resource) {
  const field = `delete${capital(name)}`;
  return document<Record<string, { affectedCount: number }>>(
    `mutation Delete${type}($where: ${type}Where!) { ${field}(where: $where) { affectedCount } }`,
  );
}
