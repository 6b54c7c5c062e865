import { act } from '../api';
import { Badge, Button, Empty, Head, Problem, Tabs, Waiting } from '../components/basics';
import { say } from '../components/toast';
import { beginning } from '../format';
import { graphql } from '../generated/graphql';
import type { MyClustersSubscription } from '../generated/graphql/graphql';
import { useAction, useLive } from '../hooks';
import type { PageProps } from '../pages';
import { hrefOf } from '../router';
import { t } from '../texts';
import { ClusterMap } from './clusters-map';
import { MergeForm } from './clusters-merge';
import { List } from './notes';
import { ResourcePage } from './resource-page';

const text = t.clusters;

const Mine = graphql(`
  subscription MyClusters {
    live {
      clusters(first: 100, orderBy: [{ updatedAt: DESC }], where: { dismissedAt: { isNull: true } }) {
        nodes {
          id title description status themeKeywords activeNoteCount acceptedAt
          noteSuggestions(first: 4, where: { refusedAt: { isNull: true } }) { totalCount nodes { noteId similarity note { id content } } }
        }
      }
      jobs(first: 1, where: { jobType: { eq: "clusters.suggest" }, status: { in: [PENDING, PROCESSING] } }) { nodes { id progress } }
    }
  }
`);
const Suggest = graphql(`
  mutation SuggestClusters { suggestClusters { id } }
`);
const Accept = graphql(`
  mutation AcceptCluster($id: UUID!) { acceptCluster(id: $id) { id } }
`);
const Dismiss = graphql(`
  mutation DismissCluster($id: UUID!) { dismissCluster(id: $id) { id } }
`);
const AcceptNote = graphql(`
  mutation AcceptNote($clusterId: UUID!, $noteId: UUID!) { acceptNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { id } }
`);
const RefuseNote = graphql(`
  mutation RefuseNote($clusterId: UUID!, $noteId: UUID!) { refuseNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { noteId } }
`);
const InCluster = graphql(`
  subscription NotesInCluster($id: UUID!) {
    live {
      notes(first: 100, where: { clusterId: { eq: $id }, deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {
        nodes { id content tags updatedAt wordCount cluster { id title } }
      }
    }
  }
`);

type Cluster = MyClustersSubscription['live']['clusters']['nodes'][number];

/** Clusters: those that are suggested, to be accepted or not, and those that one has. */
export default function Clusters(props: PageProps) {
  if (props.rest[0]) {
    return (
      <ResourcePage {...props} title={t.pages.clusters} table="clusters" path="/clusters" columns={[]} edits={['title', 'description']}>
        {(row) => <Inside id={String(row.id)} />}
      </ResourcePage>
    );
  }
  return <All isMap={props.query.get('view') === 'map'} />;
}

function All({ isMap }: { isMap: boolean }) {
  const { data, problem, again, waiting } = useLive(Mine);
  const action = useAction();
  const clusters = data?.live.clusters.nodes;
  const job = data?.live.jobs.nodes[0];
  const suggested = clusters?.filter(({ status }) => status === 'SUGGESTED') ?? [];
  const others = clusters?.filter(({ status }) => status !== 'SUGGESTED') ?? [];
  return (
    <>
      <Head title={t.pages.clusters} lead={text.lead} live={Boolean(data)}>
        <Button kind="main" busy={action.busy || Boolean(job)} onClick={() => action.run(() => act(Suggest))}>
          {job ? `${text.looking} ${job.progress} %` : text.suggest}
        </Button>
      </Head>
      <Problem problem={problem ?? action.problem} again={problem && again} />
      <Tabs label={t.pages.clusters} tabs={text.views} chosen={isMap ? 'map' : 'list'} hrefOf={(view) => hrefOf('/clusters', { view: view === 'map' ? view : undefined })} />
      {isMap && <ClusterMap />}
      {!isMap && !clusters && waiting && <Waiting />}
      {!isMap && clusters && (
        <>
          <section class="stack">
            <h2>{text.suggested}</h2>
            {suggested.length === 0 && <p class="quiet">{text.noneSuggested}</p>}
            <div class="columns">
              {suggested.map((cluster) => (
                <Suggested key={cluster.id} cluster={cluster} others={others} />
              ))}
            </div>
          </section>
          <section class="stack">
            <h2>{text.yours}</h2>
            {others.length === 0 && <Empty>{text.empty}</Empty>}
            <div class="columns">
              {others.map((cluster) => (
                <Own key={cluster.id} cluster={cluster} others={others} />
              ))}
            </div>
          </section>
        </>
      )}
    </>
  );
}

function Suggested({ cluster, others }: { cluster: Cluster; others: Cluster[] }) {
  const { busy, problem, run } = useAction();
  return (
    <article class="card">
      <h3>{cluster.title}</h3>
      <Keywords words={cluster.themeKeywords} />
      <small class="quiet">{text.notes(cluster.noteSuggestions.totalCount)}</small>
      <ul class="list">
        {cluster.noteSuggestions.nodes.map(({ noteId, note }) => (
          <li key={noteId} class="quiet">
            {note && beginning(note.content, 120)}
          </li>
        ))}
      </ul>
      <Problem problem={problem} />
      <div class="actions">
        <Button kind="main" busy={busy} onClick={() => run(() => act(Accept, { id: cluster.id }).then(() => say(text.accepted)))}>
          {text.accept}
        </Button>
        <Button busy={busy} onClick={() => run(() => act(Dismiss, { id: cluster.id }).then(() => say(text.dismissed)))}>
          {text.dismiss}
        </Button>
      </div>
      <MergeForm cluster={cluster} isSuggested others={others} />
    </article>
  );
}

function Own({ cluster, others }: { cluster: Cluster; others: Cluster[] }) {
  const { busy, problem, run } = useAction();
  return (
    <article class="card">
      <h3>
        <a href={hrefOf(`/clusters/${cluster.id}`)}>{cluster.title}</a>
      </h3>
      {cluster.description && <p class="quiet">{cluster.description}</p>}
      <Keywords words={cluster.themeKeywords} />
      <small class="quiet">{text.notes(cluster.activeNoteCount)}</small>
      <Problem problem={problem} />
      {cluster.noteSuggestions.nodes.length > 0 && <span class="label">{text.fits}</span>}
      {cluster.noteSuggestions.nodes.map(({ noteId, note }) => (
        <div key={noteId} class="stack">
          <span class="quiet">{note && beginning(note.content, 120)}</span>
          <div class="actions">
            <Button busy={busy} onClick={() => run(() => act(AcceptNote, { clusterId: cluster.id, noteId }))}>
              {text.accept}
            </Button>
            <Button busy={busy} onClick={() => run(() => act(RefuseNote, { clusterId: cluster.id, noteId }))}>
              {text.dismiss}
            </Button>
          </div>
        </div>
      ))}
      <div class="actions">
        <a class="button" href={hrefOf('/documents/write', { cluster: cluster.id })}>
          {text.write}
        </a>
      </div>
      <MergeForm cluster={cluster} others={others} />
    </article>
  );
}

function Keywords({ words }: { words: readonly string[] }) {
  return (
    <div class="row">
      {words.slice(0, 6).map((word) => (
        <Badge key={word} value={word} />
      ))}
    </div>
  );
}

function Inside({ id }: { id: string }) {
  const { data, problem, again } = useLive(InCluster, { id });
  return (
    <section class="stack">
      <h2>{t.pages.notes}</h2>
      <Problem problem={problem} again={again} />
      {data && <List notes={data.live.notes.nodes} />}
    </section>
  );
}
