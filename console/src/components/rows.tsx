// The rows of a grid, as many as there are: a hundred at a time as they are reached, and only those near the window are
// in the page.
import { Component, type ComponentChildren, type RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { ApiError } from '../api';
import { useAsk, usePaced } from '../hooks';
import { columnsToAsk, moreDocument, pageIn, type Page } from '../resources/documents';
import { sortingIn } from '../resources/conditions';
import { columnOf, isNumber, keyOf, resourceOf, titleOf, type Column, type Resource, type Row } from '../resources/schema';
import { hrefOf } from '../router';
import { t } from '../texts';
import { Problem } from './basics';
import { Cell, headingOf } from './cell';
import { useLeaving } from './toast';

/** Rows that are asked for at a time, once the first are passed. */
const MORE = 100;
/** Rows of a hundred that are drawn in one frame: all of them take longer than it lasts. */
const IN_A_FRAME = 20;
/** They are there before they are seen. */
const AHEAD = '800px 0px';
/** Later rows follow changes of those before them so often. */
const PACE_MS = 1_000;

interface Props {
  resource: Resource;
  names: string[];
  query: URLSearchParams;
  where?: Record<string, unknown>;
  orderBy?: Record<string, string>[];
  /** The first rows, which may be live. */
  first: Page;
  /** Where a row leads; nowhere by default. */
  rowPath?: (row: Row) => string;
  /** What else stands in a row. */
  actions?: (row: Row) => ComponentChildren;
  /** What was asked; other rows are read from the first on. */
  asked: string;
  onSort: (sort: string) => void;
}

/** All rows that meet the conditions, below their headings. */
export function Rows(props: Props) {
  const { resource, names, first, actions, asked } = props;
  const frame = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLTableRowElement>(null);
  // Where each hundred ends that was read; `null` is the end of all.
  const [read, setRead] = useState<(string | null)[]>([]);
  const ends = [endOf(first), ...read];
  const last = ends.indexOf(null);
  const later = last < 0 ? ends.length : last;
  const widths = useWidths(head, asked, later > 0);
  const columns = names.map((name) => columnOf(resource, name)!);
  useEffect(() => {
    setRead([]);
    if (frame.current) frame.current.scrollTop = 0;
  }, [asked]);
  const report = (place: number, end: string | null) =>
    setRead((known) => (known[place - 1] === end ? known : Object.assign([...known], { [place - 1]: end })));
  return (
    <div ref={frame} class="table-frame tall cards" tabIndex={0} role="region" aria-label={resource.about ?? resource.name}>
      <table class={widths ? 'held' : ''} aria-rowcount={later > 0 ? -1 : undefined}>
        {widths && (
          <colgroup>
            {widths.map((width, place) => (
              <col key={place} style={{ width: `${width}px` }} />
            ))}
          </colgroup>
        )}
        <thead>
          <tr ref={head}>
            {columns.map((column) => (
              <Heading key={column.name} {...props} column={column} />
            ))}
            {actions && (
              <th scope="col">
                <span class="hidden">{t.more}</span>
              </th>
            )}
          </tr>
        </thead>
        <Chunk {...props} frame={frame} columns={columns} rows={first.nodes} />
        {Array.from({ length: later }, (_, index) => (
          <Later key={`${asked}${index}`} {...props} frame={frame} columns={columns} after={ends[index]!} onEnd={(end) => report(index + 1, end)} />
        ))}
      </table>
    </div>
  );
}

const endOf = ({ pageInfo }: Page) => (pageInfo.hasNextPage ? pageInfo.endCursor : null);

/** The widths that the first rows gave their columns, once others come and go: they would move them. */
function useWidths(head: RefObject<HTMLTableRowElement | null>, asked: string, isHeld: boolean): number[] | undefined {
  const [widths, setWidths] = useState<number[]>();
  useEffect(() => {
    if (isHeld && !widths && head.current) setWidths([...head.current.cells].map((cell) => cell.offsetWidth));
  }, [isHeld, widths]);
  useEffect(() => {
    const forget = () => setWidths(undefined);
    forget();
    window.addEventListener('resize', forget);
    return () => window.removeEventListener('resize', forget);
  }, [asked]);
  return widths;
}

function Heading({ column, query, onSort }: Props & { column: Column }) {
  const sorting = sortingIn(query);
  const order = sorting?.column === column.name ? (sorting.descending ? 'descending' : 'ascending') : undefined;
  const next = order === 'descending' ? column.name : `-${column.name}`;
  return (
    <th scope="col" class={isNumber(column) ? 'number' : ''} aria-sort={order} title={column.about}>
      {column.sort ? (
        <button type="button" class="button bare" onClick={() => onSort(next)}>
          {headingOf(column)}
          {order && <span aria-hidden="true">{order === 'descending' ? ' ↓' : ' ↑'}</span>}
        </button>
      ) : (
        headingOf(column)
      )}
    </th>
  );
}

type ChunkProps = Props & {
  frame: RefObject<HTMLDivElement | null>;
  columns: Column[];
  /** Its rows; nothing as long as they are on their way. */
  rows?: Row[];
  problem?: ApiError;
  again?: () => void;
  onNear?: (isNear: boolean) => void;
};

/** Rows after those before them, asked for as long as they are near. */
function Later(props: ChunkProps & { after: string; onEnd: (end: string | null) => void }) {
  const { resource, names, where, orderBy, onEnd } = props;
  const [isNear, setNear] = useState(false);
  const after = usePaced(props.after, PACE_MS);
  const answer = useAsk(isNear ? moreDocument(resource, columnsToAsk(resource, names)) : undefined, { where, orderBy, first: MORE, after });
  const page = pageIn(resource, answer.data);
  useEffect(() => {
    if (page) onEnd(endOf(page));
  }, [page]);
  return <Chunk {...props} rows={page?.nodes} problem={page ? undefined : answer.problem} again={answer.again} onNear={setNear} />;
}

/** Rows, or a gap as high as they were where nobody looks. */
function Chunk(props: ChunkProps) {
  const { frame, columns, rows, problem, again, onNear, resource, rowPath, actions, names } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [isNear, setNear] = useState(!onNear);
  const height = useRef(0);
  useEffect(() => {
    // As cards on a phone, rows scroll with the page.
    const root = getComputedStyle(frame.current!).overflowY === 'visible' ? null : frame.current;
    const watch = new IntersectionObserver(
      (entries) => {
        const { isIntersecting, boundingClientRect } = entries.at(-1)!;
        if (!isIntersecting) height.current = boundingClientRect.height;
        setNear(isIntersecting);
        onNear?.(isIntersecting);
      },
      { root, rootMargin: AHEAD },
    );
    watch.observe(body.current!);
    return () => watch.disconnect();
  }, []);
  const isLeaving = useLeaving();
  const drawn = useGradually(isNear ? (rows?.length ?? 0) : 0);
  const shown = isNear && rows ? rows.slice(0, drawn).filter((row) => !isLeaving(`${resource.name}/${keyOf(resource, row)}`)) : undefined;
  const missing = shown && rows ? rows.length - drawn : 0;
  const each = rows?.length && height.current ? height.current / rows.length : 40;
  const span = columns.length + (actions ? 1 : 0);
  return (
    <tbody ref={body}>
      {shown?.map((row) => <One key={keyOf(resource, row)} {...{ resource, columns, row, rowPath, actions }} said={`${names.join()}${JSON.stringify(row)}`} />) ?? (
        <tr>
          <td class="away" colSpan={span}>
            <div style={{ minHeight: `${height.current || 40}px` }}>{problem ? <Problem problem={problem} again={again} /> : <span class="quiet">{t.loading}</span>}</div>
          </td>
        </tr>
      )}
      {missing > 0 && (
        <tr>
          <td class="away" colSpan={span}>
            <div style={{ minHeight: `${missing * each}px` }} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** So many at first, and more with every frame, until all are there. */
function useGradually(all: number): number {
  const [reached, setReached] = useState(IN_A_FRAME);
  const drawn = Math.min(reached, all);
  useEffect(() => {
    if (all === 0) return setReached(IN_A_FRAME);
    if (drawn === all) return;
    const frame = requestAnimationFrame(() => setReached(drawn + IN_A_FRAME));
    return () => cancelAnimationFrame(frame);
  }, [drawn, all]);
  return drawn;
}

interface OneProps {
  resource: Resource;
  columns: Column[];
  row: Row;
  rowPath?: (row: Row) => string;
  actions?: (row: Row) => ComponentChildren;
  /** All that it shows, to be compared. */
  said: string;
}

/** A row. One that says the same is not drawn again: of fifty that come anew, most do. */
class One extends Component<OneProps> {
  shouldComponentUpdate({ said }: OneProps) {
    return said !== this.props.said;
  }

  render({ resource, columns, row, rowPath, actions }: OneProps) {
    return (
      <tr>
        {columns.map((column, place) => {
          const cell = <Cell column={column} row={row} related={relatedOf(resource, row, column.name)} />;
          const href = place === 0 && rowPath ? hrefOf(rowPath(row)) : undefined;
          return (
            <td key={column.name} class={isNumber(column) ? 'number' : ''} data-label={headingOf(column)}>
              {href ? <a href={href}>{row[column.name] === null || row[column.name] === '' ? t.grid.open : cell}</a> : cell}
            </td>
          );
        })}
        {actions && <td data-label="">{actions(row)}</td>}
      </tr>
    );
  }
}

/** The row that a column names, by its title. */
export function relatedOf(resource: Resource, row: Row, column: string) {
  const relation = resource.relations.find(({ by }) => by === column);
  const value = relation && (row[relation.name] as Row | null);
  const target = relation && resourceOf(relation.to);
  if (!value || !target) return undefined;
  const title = String(value[titleOf(target)] ?? value[target.key[0]!]).slice(0, 60);
  return { title, href: hrefOf(`/tables/${target.name}/${encodeURIComponent(keyOf(target, value))}`) };
}
