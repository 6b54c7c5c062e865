// Rows as CSV (RFC 4180), out and in.
import { columnOf, type Resource, type Row } from './schema';

function field(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // A spreadsheet takes what begins so for a formula; numbers are left alone.
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows under a line of names. */
export function rowsAsCsv(names: string[], rows: Row[]): string {
  const lines = rows.map((row) => names.map((name) => field(row[name])).join(','));
  return `${[names.join(','), ...lines].join('\r\n')}\r\n`;
}

/** The records of a file, by the names in its first line. */
export function recordsOf(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const end = () => {
    rows.at(-1)!.push(cell);
    cell = '';
  };
  for (let place = 0; place < text.length; place += 1) {
    const character = text[place]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[place + 1] === '"') {
        cell += '"';
        place += 1;
      } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') end();
    else if (character === '\n') {
      end();
      rows.push([]);
    } else if (character !== '\r') cell += character;
  }
  end();
  const [names = [], ...records] = rows.filter((row) => row.length > 1 || row[0] !== '');
  return records.map((row) => Object.fromEntries(names.map((name, place) => [name.trim(), row[place] ?? ''])));
}

/** A record as the input of a new row: what the table does not take, and what is empty, is left out. */
export function inputOf(resource: Resource, record: Record<string, string>): Row {
  const input: Row = {};
  for (const name of resource.create ?? []) {
    const text = record[name];
    const column = columnOf(resource, name);
    if (text === undefined || text === '' || !column) continue;
    if (column.list || column.type === 'JSON') input[name] = JSON.parse(text);
    else if (column.type === 'Int' || column.type === 'Float') input[name] = Number(text);
    else if (column.type === 'Boolean') input[name] = text === 'true';
    else input[name] = text;
  }
  return input;
}

/** Lets the browser save a file. */
export function saveFile(name: string, type: string, contents: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([contents], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
