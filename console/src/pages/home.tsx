import { nameOf, isAdmin } from '../app';
import { Empty, Head, Problem, Waiting } from '../components/basics';
import { graphql } from '../generated/graphql';
import { useLive, useSession } from '../hooks';
import { count } from '../format';
import { hrefOf } from '../router';
import { t } from '../texts';
import { DemoOffer } from './home-demo';
import { Server } from './home-server';
import { List } from './notes';

const text = t.home;

const Mine = graphql(`
  subscription MyWorkspace($me: UUID!) {
    live {
      notes(first: 5, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {
        totalCount
        nodes { id content tags updatedAt wordCount cluster { id title } }
      }
      clusters(first: 1) { totalCount }
      documents(first: 1) { totalCount }
      chats(first: 1, where: { userId: { eq: $me } }) { totalCount }
      artifacts(first: 1) { totalCount }
      projects(first: 1, where: { deletedAt: { isNull: true } }) { totalCount }
    }
  }
`);

/** The first page: what one has, and how the server is for those who look after it. */
export default function Home() {
  const { session } = useSession();
  const { data, problem, again, waiting } = useLive(session?.user.id ? Mine : undefined, { me: session?.user.id ?? '' });
  if (!session) return null;
  const mine = data?.live;
  const counts = mine && (['notes', 'clusters', 'documents', 'chats', 'artifacts', 'projects'] as const).map((name) => [name, mine[name].totalCount] as const);
  return (
    <>
      <Head title={text.greeting(nameOf(session))} live={Boolean(mine)} />
      <Problem problem={problem} again={again} />
      {!mine && waiting && <Waiting />}
      {counts && (
        <div class="figures">
          {counts.map(([name, total]) => (
            <a key={name} class="item figure" href={hrefOf(`/${name}`)}>
              <span class="quiet">{t.pages[name]}</span>
              <strong>{count(total)}</strong>
            </a>
          ))}
        </div>
      )}
      {isAdmin(session) && <DemoOffer />}
      {isAdmin(session) && <Server />}
      {mine && (
        <section class="stack">
          <h2>{text.recent}</h2>
          {mine.notes.nodes.length ? (
            <List notes={mine.notes.nodes} />
          ) : (
            <Empty
              action={
                <a class="button main" href={hrefOf('/notes/new')}>
                  {text.firstNote}
                </a>
              }
            >
              {text.nothing}
            </Empty>
          )}
        </section>
      )}
    </>
  );
}
