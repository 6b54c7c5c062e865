// Markdown as elements: what models and people write mostly. No HTML of the text's own is ever taken.
import type { ComponentChildren } from 'preact';

/** A part of a text that stands by itself. */
export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'code'; language: string; text: string }
  | { kind: 'list'; ordered: boolean; items: Block[][] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'table'; head: string[]; rows: string[][] }
  | { kind: 'rule' }
  | { kind: 'text'; text: string };

// Whoever writes a text may write one to keep others' browsers busy: each expression takes time in proportion to a line.

/** So deep lists and quotes may be in each other. */
const DEPTH_MAX = 8;
const HEADING = /^(#{1,6})\s+(.*)$/s;
const FENCE = /^\s{0,3}(```+|~~~+)\s*([\w+-]*)/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/s;
const RULE = /^\s{0,3}([-*_])(?:\s*\1){2,}\s*$/;
const DIVIDER = /^\|?\s*:?-+:?(\s*\|\s*:?-+:?)*\s*\|?$/;

const cellsOf = (line: string) => line.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));

/** A heading's text without the marks that may close it. */
function titleOf(rest: string): string {
  const text = rest.trimEnd();
  let end = text.length;
  while (text[end - 1] === '#') end -= 1;
  return text.slice(0, end).trimEnd();
}

/** The parts of a text. */
export function blocksOf(text: string, depth = 0): Block[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const blocks: Block[] = [];
  let place = 0;
  while (place < lines.length) {
    const line = lines[place]!;
    const fence = FENCE.exec(line);
    const heading = HEADING.exec(line);
    if (line.trim() === '') place += 1;
    else if (fence) {
      const last = endOf(lines, place + 1, (each) => !each.trim().startsWith(fence[1]!));
      blocks.push({ kind: 'code', language: fence[2]!, text: lines.slice(place + 1, last).join('\n') });
      place = last + 1;
    } else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]!.length, text: titleOf(heading[2]!) });
      place += 1;
    } else if (RULE.test(line)) {
      blocks.push({ kind: 'rule' });
      place += 1;
    } else if (line.includes('|') && DIVIDER.test((lines[place + 1] ?? '').trim())) {
      const end = endOf(lines, place + 2, (each) => each.includes('|'));
      blocks.push({ kind: 'table', head: cellsOf(line), rows: lines.slice(place + 2, end).map(cellsOf) });
      place = end;
    } else if (/^\s{0,3}>/.test(line) && depth < DEPTH_MAX) {
      const end = endOf(lines, place, (each) => /^\s{0,3}>/.test(each));
      const inner = lines.slice(place, end).map((each) => each.replace(/^\s{0,3}> ?/, ''));
      blocks.push({ kind: 'quote', blocks: blocksOf(inner.join('\n'), depth + 1) });
      place = end;
    } else if (ITEM.test(line) && depth < DEPTH_MAX) {
      const [list, end] = listOf(lines, place, depth);
      blocks.push(list);
      place = end;
    } else {
      const end = endOf(lines, place + 1, (each) => each.trim() !== '' && !startsBlock(each));
      blocks.push({ kind: 'text', text: lines.slice(place, end).join('\n') });
      place = end;
    }
  }
  return blocks;
}

const startsBlock = (line: string) => FENCE.test(line) || HEADING.test(line) || RULE.test(line) || ITEM.test(line) || /^\s{0,3}>/.test(line);

function endOf(lines: string[], from: number, belongs: (line: string) => boolean): number {
  let end = from;
  while (end < lines.length && belongs(lines[end]!)) end += 1;
  return end;
}

/** A list and where it ends: what is further in than its first mark belongs to the item above. */
function listOf(lines: string[], from: number, depth: number): [Block, number] {
  const first = ITEM.exec(lines[from]!)!;
  const indent = first[1]!.length;
  const ordered = /\d/.test(first[2]!);
  const items: string[][] = [];
  let place = from;
  while (place < lines.length) {
    const line = lines[place]!;
    const item = ITEM.exec(line);
    if (item && item[1]!.length <= indent && !RULE.test(line)) {
      if (item[1]!.length < indent || /\d/.test(item[2]!) !== ordered) break;
      items.push([item[3]!]);
    } else if (line.trim() === '') {
      // An empty line ends the list, unless what follows is of it.
      const next = lines[place + 1];
      if (next === undefined || !(ITEM.test(next) || /^\s{2,}\S/.test(next))) break;
      items.at(-1)!.push('');
    } else if (/^\s/.test(line) && line.search(/\S/) > indent) items.at(-1)!.push(line.slice(Math.min(line.search(/\S/), indent + 2)));
    else break;
    place += 1;
  }
  return [{ kind: 'list', ordered, items: items.map((item) => blocksOf(item.join('\n'), depth + 1)) }, place];
}

/** Bounded throughout: a text of nothing but brackets is read as fast as any. */
const INLINE = /(?<!`)(`+)(?!`)([\s\S]+?)(?<!`)\1(?!`)|\*\*([\s\S]+?)\*\*|__([^_]+?)__|(?<!\w)\*([^*\s][^*]*?)\*(?!\w)|(?<!\w)_([^_\s][^_]*?)_(?!\w)|\[([^[\]\n]{1,500})\]\(([^)\s]{1,2000})\)|\[(\d{1,4}(?:,\s?\d{1,4}){0,40})\]|(https?:\/\/[^\s<>)\]]+)|\\([\\`*_[\]{}()#+.!|>-])/g;

type Cite = (number: number) => string | undefined;

/** A line's emphasis, code, links, and the numbers of what it refers to. */
function inline(text: string, cite?: Cite): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let last = 0;
  for (const found of text.matchAll(INLINE)) {
    const [whole, , code, strong, strong2, em, em2, label, target, numbers, url, escaped] = found;
    if (found.index > last) parts.push(text.slice(last, found.index));
    last = found.index + whole.length;
    if (code) parts.push(<code>{code}</code>);
    else if (strong ?? strong2) parts.push(<strong>{inline((strong ?? strong2)!, cite)}</strong>);
    else if (em ?? em2) parts.push(<em>{inline((em ?? em2)!, cite)}</em>);
    else if (label && target) parts.push(linkTo(target, label));
    else if (numbers) parts.push(references(whole, numbers, cite));
    else if (url) parts.push(linkTo(url, url));
    else parts.push(escaped);
  }
  if (last < text.length) parts.push(text.slice(last));
  return parts;
}

/** A link out of the console; what is no address of the web is left as text. */
function linkTo(target: string, label: string): ComponentChildren {
  if (!/^(https?:|mailto:)/i.test(target)) return label;
  return (
    <a href={target} target="_blank" rel="noopener noreferrer">
      {label}
    </a>
  );
}

function references(whole: string, numbers: string, cite?: Cite): ComponentChildren {
  if (!cite) return whole;
  const links = numbers.split(',').map((number) => {
    const href = cite(Number(number));
    return href ? <a href={href}>{number.trim()}</a> : number.trim();
  });
  return <>[{links.flatMap((link, place) => (place ? [', ', link] : [link]))}]</>;
}

function draw(blocks: Block[], level: (given: number) => number, cite?: Cite): ComponentChildren {
  return blocks.map((block, place) => {
    switch (block.kind) {
      case 'heading': {
        const Tag = `h${level(block.level)}` as 'h3';
        return <Tag key={place}>{inline(block.text, cite)}</Tag>;
      }
      case 'code':
        return (
          <pre key={place} tabIndex={0}>
            <code>{block.text}</code>
          </pre>
        );
      case 'list': {
        const Tag = block.ordered ? 'ol' : 'ul';
        return (
          <Tag key={place}>
            {block.items.map((item, index) => (
              <li key={index}>{item.length === 1 && item[0]!.kind === 'text' ? inline(item[0]!.text, cite) : draw(item, level, cite)}</li>
            ))}
          </Tag>
        );
      }
      case 'quote':
        return <blockquote key={place}>{draw(block.blocks, level, cite)}</blockquote>;
      case 'table':
        return <Table key={place} {...block} cite={cite} />;
      case 'rule':
        return <hr key={place} />;
      default:
        return <p key={place}>{inline(block.text, cite)}</p>;
    }
  });
}

function Table({ head, rows, cite }: { head: string[]; rows: string[][]; cite?: Cite }) {
  return (
    <div class="table-frame">
      <table>
        <thead>
          <tr>
            {head.map((cell, place) => (cell ? <th key={place} scope="col">{inline(cell, cite)}</th> : <td key={place} />))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            <tr key={place}>
              {row.map((cell, index) => (
                <td key={index}>{inline(cell, cite)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A text in Markdown. Its headings go on below `under`, none skipping a level; `cite` says where a number in brackets leads; `prose` marks what is said. */
export function Markdown({ text, under = 2, cite, prose }: { text: string; under?: number; cite?: Cite; prose?: boolean }) {
  let before = under;
  const blocks = blocksOf(text);
  const highest = blocks.reduce((least, block) => (block.kind === 'heading' ? Math.min(least, block.level) : least), 6);
  const level = (given: number) => {
    before = Math.min(given - highest + under + 1, before + 1, 6);
    return before;
  };
  return <div class={prose ? 'markdown prose' : 'markdown'}>{draw(blocks, level, cite)}</div>;
}
