import { useState } from 'preact/hooks';

import { act } from '../api';
import { Button, Empty, Head, Problem } from '../components/basics';
import { Grid } from '../components/grid';
import { Creator, Record } from '../components/record';
import { say } from '../components/toast';
import { words } from '../format';
import { useAction, useSession } from '../hooks';
import type { PageProps } from '../pages';
import { inputOf, recordsOf } from '../resources/csv';
import { createDocument } from '../resources/documents';
import { keyOf, resourceNamed, RESOURCES, type Resource } from '../resources/schema';
import { mayMake } from '../rights';
import { go } from '../router';
import { t } from '../texts';

const PATH = '/tables';

/** Every table that the API has, as the reader may see it. */
export default function Tables({ rest, query }: PageProps) {
  const [name = 'notes', id] = rest;
  const resource = resourceNamed(name);
  return (
    <>
      <Head title={t.pages.tables} lead={t.tables.lead} live={resource?.live} />
      <div class="row narrow">
        <select aria-label={t.tables.pick} value={name} onChange={(event) => go(`${PATH}/${event.currentTarget.value}`)}>
          {RESOURCES.map((each) => (
            <option key={each.name} value={each.name}>
              {words(each.name)}
            </option>
          ))}
        </select>
        {id && <Button onClick={() => go(`${PATH}/${name}`)}>{t.back}</Button>}
      </div>
      {resource ? <Table key={resource.name} resource={resource} id={id} query={query} /> : <Empty>{t.problems.notFound}</Empty>}
    </>
  );
}

function Table({ resource, id, query }: { resource: Resource; id?: string; query: URLSearchParams }) {
  const [making, setMaking] = useState(false);
  const { session } = useSession();
  const path = `${PATH}/${resource.name}`;
  if (id) return <Record resource={resource} id={id} path={path} />;
  const done = (key?: string) => {
    setMaking(false);
    if (key) go(`${path}/${encodeURIComponent(key)}`);
  };
  return (
    <>
      <p class="quiet">{resource.about}</p>
      {making && <Creator resource={resource} onDone={done} />}
      {resource.create && mayMake(resource, session) && !making && (
        <div class="row">
          <Button kind="main" onClick={() => setMaking(true)}>
            {t.grid.new}
          </Button>
          <CsvIn resource={resource} />
        </div>
      )}
      <Grid resource={resource} path={path} query={query} rowPath={resource.key.length ? (row) => `${path}/${encodeURIComponent(keyOf(resource, row))}` : undefined} />
    </>
  );
}

/** Makes a row of each record of a file. */
function CsvIn({ resource }: { resource: Resource }) {
  const { busy, problem, run } = useAction();
  const load = (file: File) =>
    run(async () => {
      let made = 0;
      let refused: unknown;
      let failed = 0;
      for (const record of recordsOf(await file.text())) {
        try {
          await act(createDocument(resource), { input: inputOf(resource, record) });
          made += 1;
        } catch (error) {
          refused = error;
          failed += 1;
        }
      }
      say(t.grid.csvRead(made, failed), failed > 0);
      if (refused) throw refused;
    });
  return (
    <>
      <label class="button" aria-busy={busy}>
        {t.grid.csvIn}
        <input
          class="hidden"
          type="file"
          accept=".csv,text/csv"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) load(file);
            event.currentTarget.value = '';
          }}
        />
      </label>
      <Problem problem={problem} />
    </>
  );
}
