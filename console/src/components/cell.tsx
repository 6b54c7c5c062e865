import { count, dollars, number, words } from '../format';
import type { Column, Row } from '../resources/schema';
import { t } from '../texts';
import { Badge, Time } from './basics';

/** A value as people read it. */
export function Cell({ column, row, related }: { column: Column; row: Row; related?: { href?: string; title: string } }) {
  const value = row[column.name];
  if (value === null || value === undefined) return null;
  if (related) return related.href ? <a href={related.href}>{related.title}</a> : <>{related.title}</>;
  if (Array.isArray(value) && column.type !== 'JSON') return <span class="cut">{value.join(', ')}</span>;
  if (column.values) return <Badge value={String(value)} />;
  switch (column.type) {
    case 'DateTime':
      return <Time value={String(value)} />;
    case 'Boolean':
      return <>{value ? t.yes : t.no}</>;
    case 'Int':
    case 'BigInt':
      return <>{count(value as number)}</>;
    case 'Decimal':
    case 'Float':
      return <>{/cost|price|pricing/i.test(column.name) ? dollars(value as number) : number(value as number)}</>;
    case 'UUID':
      return <code title={String(value)}>{String(value).slice(0, 8)}…</code>;
    case 'JSON':
      return <code class="cut">{JSON.stringify(value).slice(0, 160)}</code>;
    default:
      return <span class="cut">{String(value).slice(0, 300)}</span>;
  }
}

/** The heading of a column; of one that names a row, what that is. */
export const headingOf = (column: Column) => words(column.type === 'UUID' ? column.name.replace(/(?<=.)Id$/, '') : column.name);
