import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { Button, Head } from '../components/basics';
import { Grid } from '../components/grid';
import { Creator, Record } from '../components/record';
import type { PageProps } from '../pages';
import { useSession } from '../hooks';
import { keyOf, resourceNamed, type Row } from '../resources/schema';
import { mayMake } from '../rights';
import { go, hrefOf } from '../router';
import { t } from '../texts';

interface Props extends PageProps {
  title: string;
  lead?: string;
  /** The table. */
  table: string;
  path: string;
  columns: string[];
  /** Columns of the form of a new row; without them none is made here. */
  creates?: string[];
  /** Columns of the form of a row that is there. */
  edits?: string[];
  where?: Record<string, unknown>;
  empty?: string;
  /** Whether what a row holds is shown on demand. */
  folded?: boolean;
  /** What deletes a row, where it is not deleted for good. */
  onRemove?: (id: string) => Promise<void>;
  /** What stands below a row. */
  children?: (row: Row) => ComponentChildren;
  /** What stands between the page's name and its rows. */
  tabs?: ComponentChildren;
  /** What else can be done on the whole page. */
  buttons?: ComponentChildren;
}

/** A page about one table: its rows as a grid, one of them, and a new one. */
export function ResourcePage({ title, lead, table, path, columns, creates, edits, where, empty, folded, onRemove, children, tabs, buttons, rest, query }: Props) {
  const resource = resourceNamed(table)!;
  const [making, setMaking] = useState(false);
  const { session } = useSession();
  const [id] = rest;
  const rowPath = (row: Row) => `${path}/${encodeURIComponent(keyOf(resource, row))}`;
  const make = creates && mayMake(resource, session) && (
    // Where something else is there to be done, that comes first.
    <Button kind={buttons ? 'plain' : 'main'} onClick={() => setMaking(true)}>
      {t.grid.new}
    </Button>
  );
  return (
    <>
      <Head title={title} lead={id ? undefined : lead} live={resource.live}>
        {id ? (
          <a class="button" href={hrefOf(path)}>
            {t.back}
          </a>
        ) : (
          !making && make
        )}
        {!id && buttons}
      </Head>
      {tabs}
      {id && (
        <Record key={id} resource={resource} id={id} path={path} editable={edits} folded={folded} onRemove={onRemove && (() => onRemove(id))}>
          {children}
        </Record>
      )}
      {!id && making && (
        <Creator
          resource={resource}
          names={creates}
          onDone={(key) => {
            setMaking(false);
            if (key) go(`${path}/${encodeURIComponent(key)}`);
          }}
        />
      )}
      {!id && <Grid {...{ resource, path, query, columns, where, empty, rowPath }} emptyAction={(!making && make) || undefined} />}
    </>
  );
}
