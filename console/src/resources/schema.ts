// What the grid and the forms know of the tables: made of schema.graphql by scripts/resources.mjs.
import made from '../generated/resources.json';

/** A column of a table. */
export interface Column {
  name: string;
  /** The name of its GraphQL type. */
  type: string;
  list?: boolean;
  optional?: boolean;
  /** What an enum knows. */
  values?: string[];
  filter?: boolean;
  sort?: boolean;
  about?: string;
}

/** A row that another one names. */
export interface Relation {
  name: string;
  /** The type of what is named. */
  to: string;
  /** The column that names it. */
  by: string;
}

/** A table. */
export interface Resource {
  /** The root field that lists it. */
  name: string;
  type: string;
  about?: string;
  key: string[];
  single?: string;
  columns: Column[];
  relations: Relation[];
  create?: string[];
  required?: string[];
  update?: string[];
  remove?: boolean;
  live?: boolean;
}

/** A row as it comes. */
export type Row = Record<string, unknown>;

export const RESOURCES = made as Resource[];

const byName = new Map(RESOURCES.map((resource) => [resource.name, resource]));
const byType = new Map(RESOURCES.map((resource) => [resource.type, resource]));

/** The table of that name. */
export function resourceNamed(name: string): Resource | undefined {
  return byName.get(name);
}

/** The table whose rows are of that type. */
export function resourceOf(type: string): Resource | undefined {
  return byType.get(type);
}

/** The column of that name. */
export function columnOf(resource: Resource, name: string): Column | undefined {
  return resource.columns.find((column) => column.name === name);
}

const TITLES = ['title', 'name', 'displayName', 'email', 'content', 'message', 'errorMessage', 'configKey', 'jobType', 'action', 'id'];

/** The column that tells people which row it is. */
export function titleOf(resource: Resource): string {
  return TITLES.find((name) => columnOf(resource, name)) ?? resource.key[0] ?? 'nodeId';
}

const NUMBERS = new Set(['Int', 'Float', 'BigInt', 'Decimal']);
export const isNumber = (column: Column) => NUMBERS.has(column.type) && !column.list;

/** The order in which a form asks: what tells people which row it is, what has to be said, the rest. */
export function inFormOrder(resource: Resource, names: string[]): string[] {
  const title = titleOf(resource);
  const rank = (name: string) => (name === title ? 0 : resource.required?.includes(name) ? 1 : 2);
  return [...names].sort((a, b) => rank(a) - rank(b));
}

const DULL = /^(id|updatedAt|metadata|avatarUrl|bio|.*Metadata|userAgent|correlationId|embedding.*|sessionId|ipAddress)$/;

/** The columns that a grid shows when nobody chose any. */
export function usualColumns(resource: Resource): string[] {
  const title = titleOf(resource);
  const rank = ({ name, type }: Column) => (name === title ? 0 : name === 'createdAt' ? 9 : type === 'JSON' ? 8 : name.endsWith('Id') ? 7 : 1);
  return resource.columns
    .filter((column) => column.name === title || (!DULL.test(column.name) && column.type !== 'JSON'))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, 7)
    .map(({ name }) => name);
}

/** What names a row in an address: the columns of its key. */
export function keyOf(resource: Resource, row: Row): string {
  return resource.key.map((name) => String(row[name])).join('~');
}

/** The condition that meets that row alone. */
export function whereKey(resource: Resource, key: string): Record<string, unknown> {
  const values = key.split('~');
  return Object.fromEntries(resource.key.map((name, place) => [name, { eq: values[place] }]));
}
