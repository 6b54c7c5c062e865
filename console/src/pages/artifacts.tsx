import { useState } from 'preact/hooks';

import { act } from '../api';
import { Button, Field, Problem, Waiting } from '../components/basics';
import { Differences } from '../components/differences';
import { say } from '../components/toast';
import { time } from '../format';
import { graphql } from '../generated/graphql';
import { useAction, useLive } from '../hooks';
import type { PageProps } from '../pages';
import { resourceNamed, type Row } from '../resources/schema';
import { useRights } from '../rights';
import { t } from '../texts';
import { ResourcePage } from './resource-page';

const text = t.artifacts;
const ARTIFACTS = resourceNamed('artifacts')!;

const Versions = graphql(`
  subscription ArtifactVersions($id: UUID!) {
    live {
      artifacts(where: { id: { eq: $id } }, orderBy: [{ versionNumber: DESC }], first: 100) {
        nodes { id versionNumber title content createdAt }
      }
    }
  }
`);
const Revert = graphql(`
  mutation RevertArtifact($id: UUID!, $toVersion: Int!) { revertArtifact(id: $id, toVersion: $toVersion) { versionNumber } }
`);

/** Artifacts: what the models made, with every version. */
export default function Artifacts(props: PageProps) {
  return (
    <ResourcePage
      {...props}
      title={t.pages.artifacts}
      lead={text.lead}
      table="artifacts"
      path="/artifacts"
      columns={['title', 'kind', 'versionNumber', 'chatId', 'createdAt']}
      edits={[]}
    >
      {(row) => <History row={row} />}
    </ResourcePage>
  );
}

/** The versions of an artifact, each against another. */
function History({ row }: { row: Row }) {
  const { data, problem, again, waiting } = useLive(Versions, { id: String(row.id) });
  const action = useAction();
  const rights = useRights(ARTIFACTS, row);
  const versions = data?.live.artifacts.nodes ?? [];
  const [left, setLeft] = useState<number>();
  const shown = versions.find(({ versionNumber }) => versionNumber === row.versionNumber) ?? versions[0];
  const other = versions.find(({ versionNumber }) => versionNumber === left) ?? versions.find((each) => shown && each.versionNumber < shown.versionNumber);
  if (problem) return <Problem problem={problem} again={again} />;
  if (!shown) return waiting ? <Waiting /> : null;
  const newest = versions[0]!;
  return (
    <section class="stack">
      <h2>{text.differences}</h2>
      {versions.length < 2 && <p class="quiet">{text.only}</p>}
      {other && (
        <>
          <div class="row narrow">
            <Field label={text.compare}>
              {(attributes) => (
                <select value={other.versionNumber} onChange={(event) => setLeft(Number(event.currentTarget.value))} {...attributes}>
                  {versions.map(({ versionNumber, createdAt }) => (
                    <option key={versionNumber} value={versionNumber}>{`${text.version(versionNumber)}, ${time(createdAt)}`}</option>
                  ))}
                </select>
              )}
            </Field>
          </div>
          <Differences before={other.content ?? ''} after={shown.content ?? ''} />
        </>
      )}
      <Problem problem={action.problem} />
      {rights.change && shown.versionNumber !== newest.versionNumber && (
        <div>
          <Button
            busy={action.busy}
            onClick={() =>
              action.run(async () => {
                await act(Revert, { id: shown.id, toVersion: shown.versionNumber });
                say(text.reverted);
              })
            }
          >
            {text.revert}
          </Button>
        </div>
      )}
    </section>
  );
}
