import type { InputHTMLAttributes } from 'preact';
import type { Submission } from './basics';
import { useState } from 'preact/hooks';

import { ApiError } from '../api';
import { isNumber, columnOf, type Column, type Resource, type Row } from '../resources/schema';
import { words } from '../format';
import { t } from '../texts';
import { Button, Field, Problem } from './basics';
import { headingOf } from './cell';
import { RowChoice, targetOf } from './row-choice';

interface Props {
  resource: Resource;
  names: string[];
  /** What is there; nothing for a new row. */
  row?: Row;
  required?: string[];
  busy: boolean;
  problem?: ApiError;
  /** What is to be saved: of a row that is there, what is another now. */
  onSave: (values: Row) => void;
  onCancel: () => void;
}

const LONG = /content|description|message|template|prompt|notes|response|text|bio/i;

/** A form for columns of a table: each has the control that its type wants. */
export function Form({ resource, names, row, required, busy, problem, onSave, onCancel }: Props) {
  const columns = names.map((name) => columnOf(resource, name)).filter((column): column is Column => Boolean(column));
  const [wrong, setWrong] = useState<ApiError>();
  const submit = (event: Submission) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const values: Row = {};
    setWrong(undefined);
    for (const column of columns) {
      const text = form.get(column.name);
      const before = row && textOf(column, row[column.name]);
      const given = column.type === 'Boolean' && !column.list ? String(text === 'on') : String(text ?? '');
      if (row ? given === before : given === '' || (column.type === 'Boolean' && given === 'false')) continue;
      try {
        values[column.name] = valueOf(column, given);
      } catch (error) {
        return setWrong(new ApiError(`${headingOf(column)}: ${t.grid.badJson} (${(error as Error).message})`));
      }
    }
    onSave(values);
  };
  const save = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) (event.currentTarget as HTMLFormElement).requestSubmit();
  };
  return (
    <form class="card" onSubmit={submit} onKeyDown={save}>
      {columns.map((column) => (
        <Control key={column.name} resource={resource} column={column} value={row?.[column.name]} required={required?.includes(column.name)} />
      ))}
      <Problem problem={wrong ?? problem} />
      <div class="actions">
        <Button type="submit" kind="main" busy={busy}>
          {t.save}
        </Button>
        <Button onClick={onCancel}>{t.cancel}</Button>
      </div>
    </form>
  );
}

/** A value as the control shows it. */
function textOf(column: Column, value: unknown): string {
  if (column.type === 'Boolean' && !column.list) return String(Boolean(value));
  if (value === null || value === undefined) return '';
  if (column.type === 'JSON') return JSON.stringify(value, null, 2);
  if (Array.isArray(value)) return value.join(', ');
  if (column.type === 'DateTime') return localTime(String(value));
  return String(value);
}

function localTime(value: string): string {
  const date = new Date(value);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** What the API takes for what a control shows. */
function valueOf(column: Column, text: string): unknown {
  if (column.type === 'Boolean' && !column.list) return text === 'true';
  if (column.list) {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  }
  if (text === '' && column.optional) return null;
  if (column.type === 'JSON') return JSON.parse(text);
  if (column.type === 'Int' || column.type === 'Float') return Number(text);
  if (column.type === 'DateTime') return new Date(text).toISOString();
  return text;
}

function Control({ resource, column, value, required }: { resource: Resource; column: Column; value: unknown; required?: boolean }) {
  const text = textOf(column, value);
  const { name } = column;
  const target = targetOf(resource, column);
  const label = `${target ? words(name.replace(/(?<=.)Id$/, '')) : headingOf(column)}${required ? ' *' : ''}`;
  if (column.type === 'Boolean' && !column.list) {
    return (
      <label class="check">
        <input type="checkbox" name={name} defaultChecked={text === 'true'} />
        {label}
      </label>
    );
  }
  return (
    <Field label={label} hint={column.about}>
      {(attributes) => {
        if (target) return <RowChoice {...{ target, column, value: text, required, attributes }} />;
        if (column.values && !column.list) {
          return (
            <select name={name} {...attributes} required={required}>
              {(column.optional || (required === undefined && value === undefined) || value === undefined) && <option value="" />}
              {column.values.map((each) => (
                <option key={each} value={each} selected={each === text}>
                  {words(each)}
                </option>
              ))}
            </select>
          );
        }
        if (column.type === 'JSON') return <textarea class="code" name={name} rows={8} spellcheck={false} required={required} defaultValue={text} {...attributes} />;
        if (column.type === 'String' && !column.list && (LONG.test(name) || text.length > 100)) {
          return <textarea name={name} rows={6} required={required} defaultValue={text} {...attributes} />;
        }
        const type = isNumber(column) ? 'number' : column.type === 'DateTime' ? 'datetime-local' : column.type === 'Date' ? 'date' : 'text';
        const step = column.type === 'Int' || column.type === 'BigInt' || column.type === 'DateTime' ? 1 : 'any';
        const all = { type, step, name, required, defaultValue: text, ...attributes } as InputHTMLAttributes<HTMLInputElement>;
        return <input {...all} />;
      }}
    </Field>
  );
}
