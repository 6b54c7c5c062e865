// Numbers, times and sizes, as the reader's browser says them.
const locale = navigator.languages?.[0] ?? 'en';

const whole = new Intl.NumberFormat(locale);
const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
const money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' });
const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
const dayOfYear = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' });
const minute = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
const second = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });

/** Rows that come say much that was said before, and the browser's formats take their time. */
function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make(key);
    if (known.size > 2_000) known.clear();
    known.set(key, made);
    return made;
  };
}

/** A number, of JSON or of text as BigInt and Decimal come. */
export type Numeric = number | string | null | undefined;

const numberOf = (value: Numeric) => Number(value ?? 0);

export const count = (value: Numeric) => whole.format(numberOf(value));
export const number = (value: Numeric) => decimal.format(numberOf(value));
export const short = (value: Numeric) => compact.format(numberOf(value));
export const dollars = (value: Numeric) => money.format(numberOf(value));

/** A point in time in the reader's zone. */
export const time = (value: string) => moment.format(new Date(value));
/** The same with seconds and zone, for titles. */
export const exactTime = (value: string) => exactSecond(Math.floor(new Date(value).getTime() / 1_000));
const exactSecond = remembered((seconds: number) => exact.format(new Date(seconds * 1_000)));
/** A point on an axis whose points are so many seconds apart, in the reader's zone. */
export function pointInTime(seconds: number, apart: number): string {
  return (apart >= 86_400 ? dayOfYear : apart >= 60 ? minute : second).format(new Date(seconds * 1_000));
}

/** A day of the server's calendar, which is UTC's. */
export const day = (value: string) => date.format(new Date(value));

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** How long ago, or in how long; the date where that is more than a week. */
export function ago(value: string): string {
  const difference = new Date(value).getTime() - Date.now();
  if (Math.abs(difference) > 7 * 86_400_000) return moment.format(new Date(value));
  const [unit, ms] = UNITS.find(([, size]) => Math.abs(difference) >= size) ?? UNITS[3]!;
  return relative.format(Math.round(difference / ms), unit);
}

/** How a text begins, on one line, and that it goes on. */
export function beginning(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= most) return line;
  const cut = line.slice(0, most);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), most / 2))}…`;
}

/** Bytes in the largest unit that leaves a number above one. */
export function bytes(value: Numeric): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let amount = numberOf(value);
  let unit = 0;
  while (amount >= 1_000 && unit < units.length - 1) {
    amount /= 1_000;
    unit += 1;
  }
  return `${decimal.format(unit ? Math.round(amount * 10) / 10 : amount)} ${units[unit]}`;
}

/** Milliseconds, with a unit. */
export function milliseconds(value: Numeric): string {
  const ms = numberOf(value);
  return ms >= 1_000 ? `${decimal.format(ms / 1_000)} s` : `${decimal.format(Math.round(ms * 10) / 10)} ms`;
}

const NAMES: Record<string, string> = { openai: 'OpenAI', api: 'API', json: 'JSON', mcp: 'MCP' };

/** `createdAt` and `IN_PROGRESS` as people write them. */
export const words = remembered((name: string) => {
  const spaced = name.includes('_') || name === name.toUpperCase() ? name.replaceAll('_', ' ').toLowerCase() : name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  const worded = spaced.replace(/\b(id|url|ip)\b/g, (part) => part.toUpperCase()).replace(/\b(openai|api|json|mcp)\b/g, (part) => NAMES[part] ?? part);
  return worded[0]!.toUpperCase() + worded.slice(1);
});
