import type { InputHTMLAttributes } from 'preact';

import { conditionsIn, operatorsOf, type Condition } from '../resources/conditions';
import { columnOf, type Column, type Resource } from '../resources/schema';
import { t } from '../texts';
import { Button } from './basics';
import { headingOf } from './cell';

interface Props {
  resource: Resource;
  query: URLSearchParams;
  onChange: (conditions: Condition[]) => void;
}

/** The conditions of a grid, one a line. */
export function Filters({ resource, query, onChange }: Props) {
  const conditions = conditionsIn(query);
  const columns = resource.columns.filter((column) => column.filter && operatorsOf(column).length > 0);
  const change = (place: number, part: Partial<Condition>) =>
    onChange(conditions.map((condition, index) => (index === place ? { ...condition, ...part } : condition)));
  const add = () => {
    const first = columns.find((column) => column.type === 'String' && !column.list) ?? columns[0];
    if (first) onChange([...conditions, { column: first.name, operator: operatorsOf(first)[0]!, value: '' }]);
  };
  return (
    <div class="filters">
      {conditions.map((condition, place) => {
        const column = columnOf(resource, condition.column) ?? columns[0];
        if (!column) return null;
        return (
          <div class="row" key={place}>
            <select
              aria-label={t.grid.column}
              value={column.name}
              onChange={(event) => {
                const next = columnOf(resource, event.currentTarget.value)!;
                change(place, { column: next.name, operator: operatorsOf(next)[0]!, value: '' });
              }}
            >
              {columns.map((each) => (
                <option key={each.name} value={each.name}>
                  {headingOf(each)}
                </option>
              ))}
            </select>
            <select aria-label={t.grid.operator} value={condition.operator} onChange={(event) => change(place, { operator: event.currentTarget.value })}>
              {operatorsOf(column).map((operator) => (
                <option key={operator} value={operator}>
                  {t.grid.operators[operator as keyof typeof t.grid.operators]}
                </option>
              ))}
            </select>
            <Value column={column} condition={condition} onChange={(value) => change(place, { value })} />
            <Button kind="bare" aria-label={t.grid.removeFilter} onClick={() => onChange(conditions.filter((_, index) => index !== place))}>
              ×
            </Button>
          </div>
        );
      })}
      <div>
        <Button onClick={add}>{t.grid.addFilter}</Button>
      </div>
    </div>
  );
}

function Value({ column, condition, onChange }: { column: Column; condition: Condition; onChange: (value: string) => void }) {
  if (condition.operator === 'isNull' || condition.operator === 'notNull') return null;
  const values = column.type === 'Boolean' ? ['true', 'false'] : column.values;
  if (values) {
    return (
      <select aria-label={t.grid.value} value={condition.value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="" />
        {values.map((value) => (
          <option key={value} value={value}>
            {column.values ? value.replaceAll('_', ' ').toLowerCase() : value === 'true' ? t.yes : t.no}
          </option>
        ))}
      </select>
    );
  }
  const type = column.type === 'DateTime' ? 'datetime-local' : column.type === 'Date' ? 'date' : column.type === 'Int' || column.type === 'Float' ? 'number' : 'text';
  const attributes = { 'aria-label': t.grid.value, type, step: 'any', value: condition.value } as InputHTMLAttributes<HTMLInputElement>;
  return <input {...attributes} onChange={(event) => onChange(event.currentTarget.value)} />;
}
