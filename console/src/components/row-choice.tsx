import type { InputHTMLAttributes } from 'preact';

import { useAsk } from '../hooks';
import { columnsToAsk, moreDocument, pageIn } from '../resources/documents';
import { columnOf, resourceOf, titleOf, type Column, type Resource } from '../resources/schema';

/** So many rows are chosen from; where there are more, one writes which it is. */
const MOST = 100;

/** The table whose rows a column names, where one may choose among them. People are not told of each other. */
export function targetOf(resource: Resource, column: Column): Resource | undefined {
  const relation = resource.relations.find(({ by }) => by === column.name);
  const target = relation && resourceOf(relation.to);
  return target && target.name !== 'users' && target.key.length === 1 && columnOf(target, namingOf(target, column)) ? target : undefined;
}

/** What of a row is written down to name it: its key, or its name where the column is no key's. */
const namingOf = (target: Resource, column: Column) => (column.type === 'UUID' ? target.key[0]! : 'name');

interface Props {
  target: Resource;
  column: Column;
  value: string;
  required?: boolean;
  attributes: { id: string; 'aria-describedby'?: string };
}

/** A row of another table, by its title. */
export function RowChoice({ target, column, value, required, attributes }: Props) {
  const { name } = column;
  const naming = namingOf(target, column);
  const { data, waiting } = useAsk(moreDocument(target, columnsToAsk(target, [titleOf(target), naming])), { first: MOST });
  const page = pageIn(target, data);
  if (!page && waiting) {
    // What is written into a field is lost when a choice takes its place.
    return (
      <>
        <input type="hidden" name={name} value={value} />
        <select disabled required={required} {...attributes}>
          <option>{value}</option>
        </select>
      </>
    );
  }
  if (!page || page.pageInfo.hasNextPage) {
    const all = { type: 'text', name, required, defaultValue: value, ...attributes } as InputHTMLAttributes<HTMLInputElement>;
    return <input {...all} />;
  }
  const rows = page.nodes.map((row) => ({ key: String(row[naming]), title: String(row[titleOf(target)] ?? '').slice(0, 80) }));
  const isKnown = !value || rows.some(({ key }) => key === value);
  return (
    <select name={name} required={required} {...attributes}>
      <option value="" />
      {!isKnown && <option value={value}>{value}</option>}
      {rows.map(({ key, title }) => (
        <option key={key} value={key} selected={key === value}>
          {title || key}
        </option>
      ))}
    </select>
  );
}
