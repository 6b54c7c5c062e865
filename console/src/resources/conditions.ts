// Filters and order as they stand in an address, and as the API takes them.
import { columnOf, isNumber, type Column, type Resource } from './schema';

/** One condition on one column. */
export interface Condition {
  column: string;
  operator: string;
  value: string;
}

/** The order of a grid. */
export interface Sorting {
  column: string;
  descending: boolean;
}

/** The operators that a column of this type takes. */
export function operatorsOf(column: Column): string[] {
  const empty = column.optional ? ['isNull', 'notNull'] : [];
  if (column.list) return ['has', ...empty];
  if (column.values || column.type === 'UUID') return ['eq', 'ne', ...empty];
  if (column.type === 'Boolean') return ['eq', ...empty];
  if (column.type === 'JSON' || column.type === 'Inet') return empty;
  if (isNumber(column) || column.type.startsWith('Date')) return ['gte', 'gt', 'lte', 'lt', 'eq', ...empty];
  return ['contains', 'eq', 'ne', 'ilike', ...empty];
}

/** A value as the column's type wants it; text as it was typed where it is none of them. */
export function valueOf(column: Column, text: string): unknown {
  if (column.type === 'Boolean') return text === 'true';
  if (column.type === 'Int' || column.type === 'Float') return Number(text);
  if (column.type === 'DateTime' && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  return text;
}

/** The condition of the API that all of them make. */
export function whereOf(resource: Resource, conditions: Condition[], fixed?: Record<string, unknown>): Record<string, unknown> | undefined {
  const all: Record<string, unknown>[] = fixed ? [fixed] : [];
  for (const { column: name, operator, value } of conditions) {
    const column = columnOf(resource, name);
    if (!column) continue;
    if (operator === 'isNull' || operator === 'notNull') all.push({ [name]: { isNull: operator === 'isNull' } });
    else if (value !== '') all.push({ [name]: { [operator]: operator === 'has' ? value : valueOf(column, value) } });
  }
  return all.length ? { and: all } : undefined;
}

/** Newest first, unless a column was chosen; the key makes it one order. */
export function orderOf(resource: Resource, sorting: Sorting | undefined): Record<string, string>[] | undefined {
  const usual = ['createdAt', 'updatedAt', 'name'].find((name) => columnOf(resource, name)?.sort);
  const by = sorting ?? (usual ? { column: usual, descending: usual !== 'name' } : undefined);
  return by && [{ [by.column]: by.descending ? 'DESC' : 'ASC' }];
}

/** Conditions of an address: `column.operator.value`, one a parameter. */
export function conditionsIn(query: URLSearchParams): Condition[] {
  return query.getAll('where').flatMap((text) => {
    const [column, operator, ...value] = text.split('.');
    return column && operator ? [{ column, operator, value: value.join('.') }] : [];
  });
}

/** The order of an address: a column, with `-` before it for the greatest first. */
export function sortingIn(query: URLSearchParams): Sorting | undefined {
  const text = query.get('sort');
  return text ? { column: text.replace(/^-/, ''), descending: text.startsWith('-') } : undefined;
}
