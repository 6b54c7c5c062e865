import { useEffect, useState } from 'preact/hooks';

import { ask } from '../api';
import { count } from '../format';
import { useAction, useAsk, useLive, usePaced } from '../hooks';
import { conditionsIn, orderOf, sortingIn, whereOf } from '../resources/conditions';
import { rowsAsCsv, saveFile } from '../resources/csv';
import { askRegistered, columnsToAsk, countDocument, exportDocument, pageDocument, pageIn } from '../resources/documents';
import { columnOf, usualColumns, type Resource, type Row } from '../resources/schema';
import { go, hrefOf } from '../router';
import { t } from '../texts';
import { Button, Empty, Problem, Waiting } from './basics';
import { Filters } from './filters';
import { Rows } from './rows';

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

/** Rows that are read at first, and stay live. */
const FIRST = 50;
const EXPORT_PAGE = 500;
/** How many there are is asked anew so often while they change. */
const COUNT_MS = 5_000;

/** A table of rows: filters, order, and all rows by the cursor of those before them; the first are live where the table is. */
export function Grid(props: Props) {
  const { resource, path, query, rowPath, actions } = props;
  const names = (query.get('columns')?.split(',') ?? props.columns ?? usualColumns(resource)).filter((name) => columnOf(resource, name));
  const conditions = conditionsIn(query);
  const where = whereOf(resource, conditions, props.where);
  const orderBy = orderOf(resource, sortingIn(query));
  const asked = JSON.stringify([names, where, orderBy]);
  const [, setRegistered] = useState(false);
  const page = pageDocument(resource, columnsToAsk(resource, names));
  const answer = (resource.live ? useLive : useAsk)(page as never, { where, orderBy, first: FIRST });
  const isRefused = answer.problem?.code === 'PERSISTED_QUERY_ONLY';
  useEffect(() => {
    if (isRefused) setRegistered(askRegistered());
  }, [isRefused]);
  const total = useAsk(countDocument(resource), { where });
  const rows = pageIn(resource, answer.data);
  const paced = usePaced(rows, COUNT_MS);
  useEffect(() => {
    if (paced && (total.data || total.problem)) total.again();
  }, [paced]);
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
      {rows && rows.nodes.length > 0 && (
        <>
          <div class="row spread">
            <span class="quiet">{total.data ? t.grid.rows(count(total.data[resource.name]?.totalCount)) : total.problem ? t.grid.uncounted : t.loading}</span>
            <CsvButton {...{ resource, names, where, orderBy }} />
          </div>
          <Rows {...{ asked, resource, names, query, where, orderBy, rowPath, actions }} first={rows} onSort={(sort) => toQuery((given) => given.set('sort', sort))} />
        </>
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

function CsvButton({ resource, names, where, orderBy }: { resource: Resource; names: string[]; where: unknown; orderBy: unknown }) {
  const { busy, problem, run } = useAction();
  const save = () =>
    run(async () => {
      const rows: Row[] = [];
      let after: string | null | undefined;
      do {
        const variables: Record<string, unknown> = { where, orderBy, first: EXPORT_PAGE, after };
        const page: ReturnType<typeof pageIn> = pageIn(resource, await ask(exportDocument(resource, columnsToAsk(resource, names)), variables));
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
