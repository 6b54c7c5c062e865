import { t } from '../texts';

type Line = { kind: 'same' | 'added' | 'taken'; text: string };

/** Longer texts are compared as a whole: the table of the comparison would be too large. */
const LINES_MAX = 2_000;

/** What has to be done to make one text of the other, line by line: their longest common sequence stays. */
export function compare(before: string, after: string): Line[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  if (a.length * b.length > LINES_MAX * LINES_MAX) {
    return [...a.map((text): Line => ({ kind: 'taken', text })), ...b.map((text): Line => ({ kind: 'added', text }))];
  }
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = a[i] === b[j] ? longest[(i + 1) * width + j + 1]! + 1 : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i]! });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)) {
      lines.push({ kind: 'taken', text: a[i]! });
      i += 1;
    } else {
      lines.push({ kind: 'added', text: b[j]! });
      j += 1;
    }
  }
  return lines;
}

const MARKS = { same: '  ', added: '+ ', taken: '− ' };

/** Two texts as one, with what was taken and what was added. */
export function Differences({ before, after }: { before: string; after: string }) {
  if (before === after) return <p class="quiet">{t.artifacts.same}</p>;
  return (
    <div class="change card" role="region" aria-label={t.artifacts.differences} tabIndex={0}>
      {compare(before, after).map(({ kind, text }, place) => (
        <span key={place} class={kind}>
          {MARKS[kind]}
          {text}
        </span>
      ))}
    </div>
  );
}
