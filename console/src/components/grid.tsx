import { useEffect, useState } from 'preact/hooks';

import { ask } from '../api';
import { count } from '../format';
import { useAction, useAsk, useLive } from '../hooks';
import { conditionsIn, orderOf, sortingIn, whereOf } from '../resources/conditions';
import { rowsAsCsv, saveFile } from '../resources/csv';
import { countDocument, exportDocument, pageDocument, pageIn } from '../resources/documents';
import { columnOf, isNumber, keyOf, resourceOf, titleOf, usualColumns, type Resource, type Row } from '../resources/schema';
import { go, hrefOf } from '../router';
import { t } from '../texts';
import { Button, Empty, Problem, Waiting } from './basics';
import { Cell, headingOf } from './cell';
import { Filters } from './filters';

interface Props {
  resource: Resource;
  /** The page that it is on, for its address. */
  path: string;
  query: URLSearchParams;
  columns?: string[];
  /** A condition that always holds. */
  where?: Record<string, unknown>;
  /** Where a row leads; nowhere by default. */
  rowPath?: (row: Row) => string;
  /** What else stands in a row. */
  actions?: (row: Row) => preact.ComponentChildren;
  empty?: string;
  emptyAction?: preact.ComponentChildren;
}

const SIZES = [50, 100, 500];
const EXPORT_PAGE = 500;

/** A table of rows: filters, order and pages by the last row's cursor; live where the table is. */
export function Grid(props: Props) {
  const { resource, path, query, rowPath } = props;
  const names = (query.get('columns')?.split(',') ?? props.columns ?? usualColumns(resource)).filter((name) => columnOf(resource, name));
  const conditions = conditionsIn(query);
  const where = whereOf(resource, conditions, props.where);
  const orderBy = orderOf(resource, sortingIn(query));
  const [size, setSize] = useState(SIZES[0]!);
  const asked = JSON.stringify([resource.name, where, orderBy, size]);
  const [after, setAfter] = useState<string>();
  useEffect(() => setAfter(undefined), [asked]);
  const variables = { where, orderBy, first: size, after };
  const page = pageDocument(resource, names);
  const answer = (resource.live ? useLive : useAsk)(page as never, variables);
  const total = useAsk(countDocument(resource), { where });
  const rows = pageIn(resource, answer.data);
  const toQuery = (change: (next: URLSearchParams) => void) => {
    const next = new URLSearchParams(query);
    change(next);
    goTo(path, next);
  };
  const nothing = conditions.length ? <Empty>{t.grid.emptyFiltered}</Empty> : <Empty action={props.emptyAction}>{props.empty ?? t.grid.empty}</Empty>;
  return (
    <div class="stack">
      <Filters
        resource={resource}
        query={query}
        onChange={(next) =>
          toQuery((given) => {
            given.delete('where');
            for (const { column, operator, value } of next) given.append('where', `${column}.${operator}.${value}`);
          })
        }
      />
      <Problem problem={answer.problem} again={answer.again} />
      {!rows && answer.waiting && <Waiting />}
      {rows && rows.nodes.length === 0 && nothing}
      {rows && rows.nodes.length > 0 && <Rows {...props} names={names} rows={rows.nodes} rowPath={rowPath} onSort={(sort) => toQuery((given) => given.set('sort', sort))} />}
      {rows && (rows.nodes.length > 0 || after) && (
        <div class="row spread narrow">
          <span class="quiet">{total.data && t.grid.rows(count(total.data[resource.name]?.totalCount))}</span>
          <div class="row">
            <select aria-label={t.grid.pageSize} value={size} onChange={(event) => setSize(Number(event.currentTarget.value))}>
              {SIZES.map((each) => (
                <option key={each} value={each}>{`${each} / ${t.grid.pageSize.toLowerCase()}`}</option>
              ))}
            </select>
            <CsvButton {...{ resource, names, where, orderBy }} />
            {after && <Button onClick={() => setAfter(undefined)}>{t.grid.previous}</Button>}
            {rows.pageInfo.hasNextPage && <Button onClick={() => setAfter(rows.pageInfo.endCursor ?? undefined)}>{t.grid.next}</Button>}
          </div>
        </div>
      )}
    </div>
  );
}

function goTo(path: string, query: URLSearchParams) {
  const text = query.toString();
  go(path, {}, true);
  if (text) window.history.replaceState(null, '', `${hrefOf(path)}?${text}`);
  window.dispatchEvent(new PopStateEvent('popstate'));
}

type RowsProps = Props & { names: string[]; rows: Row[]; onSort: (sort: string) => void };

function Rows({ resource, names, rows, rowPath, actions, query, onSort }: RowsProps) {
  const sorting = sortingIn(query);
  const columns = names.map((name) => columnOf(resource, name)!);
  return (
    <div class="table-frame cards" tabIndex={0} role="region" aria-label={resource.about ?? resource.name}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => {
              const order = sorting?.column === column.name ? (sorting.descending ? 'descending' : 'ascending') : undefined;
              const next = order === 'descending' ? column.name : `-${column.name}`;
              return (
                <th key={column.name} scope="col" class={isNumber(column) ? 'number' : ''} aria-sort={order} title={column.about}>
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
            })}
            {actions && (
              <th scope="col">
                <span class="hidden">{t.more}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(resource, row)}>
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
          ))}
        </tbody>
      </table>
    </div>
  );
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

function CsvButton({ resource, names, where, orderBy }: { resource: Resource; names: string[]; where: unknown; orderBy: unknown }) {
  const { busy, problem, run } = useAction();
  const save = () =>
    run(async () => {
      const rows: Row[] = [];
      let after: string | null | undefined;
      do {
        const variables: Record<string, unknown> = { where, orderBy, first: EXPORT_PAGE, after };
        const page: ReturnType<typeof pageIn> = pageIn(resource, await ask(exportDocument(resource, names), variables));
        rows.push(...(page?.nodes ?? []));
        after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : undefined;
      } while (after);
      saveFile(`${resource.name}.csv`, 'text/csv', rowsAsCsv(names, rows));
    });
  return (
    <>
      <Button busy={busy} onClick={save}>
        {t.grid.csv}
      </Button>
      <Problem problem={problem} />
    </>
  );
}
