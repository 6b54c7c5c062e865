// What the schema's own scalars take, said once more and independently of the server, with samples of what is right
// and of what is not.
import { isIP } from 'node:net';

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const day = /^(\d{4})-(\d\d)-(\d\d)$/;
const moment = /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const interval = /^-?P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;
const base64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function isDay(text) {
  const parts = day.exec(text);
  if (!parts) return false;
  const [year, month, date] = parts.slice(1).map(Number);
  return month >= 1 && month <= 12 && date >= 1 && date <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function isMoment(text) {
  const parts = moment.exec(text);
  return parts !== null && isDay(parts[1]) && +parts[2] < 24 && +parts[3] < 60 && +parts[4] < 60;
}

function isNetwork(text) {
  const [address, prefix, more] = text.split('/');
  const bits = { 4: 32, 6: 128 }[isIP(address)];
  if (!bits || more !== undefined) return false;
  return prefix === undefined || (/^\d+$/.test(prefix) && +prefix <= bits);
}

function isBigInt(value) {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value;
  if (typeof value === 'string') return /^[+-]?\d+$/.test(value) && isBigInt(BigInt(value.replace('+', '')));
  return Number.isSafeInteger(value);
}

const text = (fits) => (value) => typeof value === 'string' && fits(value);
const isNumber = (value) => typeof value === 'bigint' || Number.isFinite(value);

export const takes = {
  UUID: text((value) => uuid.test(value)),
  DateTime: text(isMoment),
  Date: text(isDay),
  BigInt: isBigInt,
  Decimal: (value) => (typeof value === 'string' ? decimal.test(value) : isNumber(value)),
  JSON: (value) => !JSON.stringify([value], (_, v) => (typeof v === 'bigint' ? Number(v) : Number.isNaN(v) || Math.abs(v) === Infinity ? '\u0007' : v)).includes('\\u0007'),
  Vector: (value) => Array.isArray(value) && value.every((n) => isNumber(n) && Number.isFinite(Math.fround(Number(n)))),
  Inet: text(isNetwork),
  Bytes: text((value) => base64.test(value)),
  Interval: text((value) => interval.test(value)),
  Cursor: text(() => true),
  Upload: text(() => true),
};

export const right = {
  UUID: ['0197e9a2-7b3c-7d4e-8f5a-6b7c8d9e0f1a', '0197E9A27B3C7D4E8F5A6B7C8D9E0F1B'],
  DateTime: ['2026-01-31T12:00:00Z', '2026-02-28T23:59:59.123456+05:30'],
  Date: ['2026-01-31', '2024-02-29'],
  BigInt: [0, 42, -7, '9223372036854775807', '-9223372036854775808'],
  Decimal: [0, 1.5, '12.50', '-0.001', '1e10'],
  JSON: [null, 1, 'x', true, [], [1, 'a', null], {}, { a: { b: [1, 2.5] } }],
  Vector: [[], [1, 2.5], [0]],
  Inet: ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'],
  Bytes: ['', '//5h', 'aGVsbG8='],
  Interval: ['P1D', 'PT2H30M', 'P1Y2M3DT4H5M6S'],
  Cursor: ['abc', ''],
  Upload: ['upload:x'],
  Int: [0, 1, 20, -3, 2147483647],
  Float: [0, 1, 2.5, -1e10],
  String: ['', 'x', 'a "quoted" \\ text', 'é😀', 'line\nline', '%'],
  Boolean: [true, false],
  ID: ['x', 7, ''],
};

export const wrong = {
  UUID: ['7', 7, true, ['0197e9a2-7b3c-7d4e-8f5a-6b7c8d9e0f1a', 'x'], {}, '0197e9a2-7b3c-7d4e-8f5a-6b7c8d9e0f1'],
  DateTime: ['yesterday', '2026-01-31', '2026-02-30T00:00:00Z', 5, '2026-01-31T25:00:00Z'],
  Date: ['2026-02-30', 'x', 20260131, '2026-1-1'],
  BigInt: [1.5, 'x', '9223372036854775808', true, '1.0', {}],
  Decimal: ['twelve', true, {}, '1,5', ''],
  JSON: [],
  Vector: ['x', 5, ['x'], [1e39], {}, [[1]]],
  Inet: ['10.0.0', '10.0.0.0/33', 5, 'x'],
  Bytes: ['?', 'abc', 5],
  Interval: ['a day', 'P', 5],
  Cursor: [5, true, {}, ['x', 5]],
  Upload: [5, true, {}, ['x', 5]],
  Int: [1.5, '1', 2147483648, true, {}, [1, 2], 'x'],
  Float: ['1.5', true, {}, [1.5, 2]],
  String: [5, true, {}, ['x', 'y'], 1.5],
  Boolean: ['true', 1, 0, {}],
  ID: [1.5, true, {}, ['x', 'y']],
};
