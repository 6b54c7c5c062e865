import { useEffect, useMemo, useState } from 'preact/hooks';

import { act, ApiError, hear } from '../api';
import { nameOf } from '../app';
import { Badge, Button, Empty, Input, Problem, type Submission } from '../components/basics';
import { say } from '../components/toast';
import { graphql } from '../generated/graphql';
import { send } from '../post';
import { look } from '../session';
import { useAction, useAsk, useLive, useSession } from '../hooks';
import { words } from '../format';
import type { PageProps } from '../pages';
import { resourceNamed, type Row } from '../resources/schema';
import { useRights } from '../rights';
import { go } from '../router';
import { t } from '../texts';
import { ResourcePage } from './resource-page';

const text = t.projects;
const COLLABORATORS = resourceNamed('collaborators')!;

const Team = graphql(`
  query ProjectPeople($id: UUID!) { people(projectId: $id) { userId displayName role isOwner } }
`);
const Components = graphql(`
  subscription ProjectComponents($id: UUID!) {
    live {
      projectComponents(first: 100, where: { projectId: { eq: $id } }, orderBy: [{ zIndex: ASC }]) {
        totalCount
        nodes { id name componentType isVisible isLocked updatedAt }
      }
    }
  }
`);
const Presence = graphql(`
  subscription ProjectPresence($channel: String!) {
    presence(channel: $channel) { complete joins { key meta } leaves { key } }
  }
`);
const Track = graphql(`
  mutation TrackPresence($channel: String!, $key: String!, $meta: JSON) {
    trackPresence(channel: $channel, key: $key, meta: $meta) { lastsMs }
  }
`);
const Untrack = graphql(`
  mutation UntrackPresence($channel: String!, $key: String!) { untrackPresence(channel: $channel, key: $key) }
`);
const Invitations = graphql(`
  query MyInvitations { myInvitations { id projectName role } }
`);
const AcceptInvitation = graphql(`
  mutation AcceptInvitation($id: UUID!) { acceptInvitation(id: $id) { id } }
`);
const DeclineInvitation = graphql(`
  mutation DeclineInvitation($id: UUID!) { declineInvitation(id: $id) }
`);
const Invite = graphql(`
  mutation InviteCollaborator($projectId: UUID!, $email: String!, $role: CollaboratorRole!) {
    inviteCollaborator(projectId: $projectId, email: $email, role: $role) { id }
  }
`);
const Leave = graphql(`
  mutation LeaveProject($id: UUID!) { leaveProject(id: $id) }
`);

const Remove = graphql(`
  mutation SoftDeleteProject($id: UUID!) { softDeleteProject(id: $id) { id } }
`);

/** Into the bin, which its owner may; it is kept there for a month. */
async function remove(id: string) {
  if (!(await act(Remove, { id })).softDeleteProject) throw new ApiError(t.grid.notYours, 'FORBIDDEN');
}

/** Projects, with who is there and what they change, at once. */
export default function Projects(props: PageProps) {
  return (
    <>
      {!props.rest[0] && <Waiting />}
      <ResourcePage
        {...props}
        title={t.pages.projects}
        lead={text.lead}
        table="projects"
        path="/projects"
        columns={['name', 'description', 'status', 'userId', 'updatedAt']}
        creates={['name', 'description', 'status']}
        edits={['name', 'description', 'status', 'settings']}
        onRemove={remove}
        where={{ deletedAt: { isNull: true } }}
        folded
      >
        {(row) => <Inside row={row} />}
      </ResourcePage>
    </>
  );
}

/** Invitations that wait for an answer. */
function Waiting() {
  const { data, again } = useAsk(Invitations);
  const { busy, problem, run } = useAction();
  if (!data?.myInvitations.length) return null;
  return (
    <section class="card">
      <h2>{text.invitations}</h2>
      <Problem problem={problem} />
      {data.myInvitations.map(({ id, projectName, role }) => (
        <div class="row spread" key={id}>
          <span>
            {projectName} <Badge value={role} />
          </span>
          <div class="actions">
            <Button kind="main" busy={busy} onClick={() => run(() => act(AcceptInvitation, { id }).then(again))}>
              {text.accept}
            </Button>
            <Button busy={busy} onClick={() => run(() => act(DeclineInvitation, { id }).then(again))}>
              {text.decline}
            </Button>
          </div>
        </div>
      ))}
    </section>
  );
}

function Inside({ row }: { row: Row }) {
  const id = String(row.id);
  const { session } = useSession();
  const isMine = row.userId === session?.user.id;
  const mayInvite = useRights(COLLABORATORS, { projectId: id }).change;
  const here = usePresence(`project:${id}`, session ? nameOf(session) : '');
  const people = useAsk(Team, { id });
  const components = useLive(Components, { id });
  const leaving = useAction();
  const list = components.data?.live.projectComponents;
  return (
    <div class="halves">
      <section class="stack">
        <h2>{text.components}</h2>
        <Problem problem={components.problem} again={components.again} />
        {list?.nodes.length === 0 && <Empty>{t.grid.empty}</Empty>}
        <ul class="list">
          {list?.nodes.map((component) => (
            <li key={component.id} class="item">
              <span class="row spread">
                <strong>{component.name}</strong>
                <Badge value={component.componentType} />
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section class="stack">
        <h2>{text.here}</h2>
        <div class="row" role="status">
          {here.map((name) => (
            <span class="badge good" key={name}>
              {name}
            </span>
          ))}
          {here.length < 2 && <small class="quiet">{text.alone}</small>}
        </div>
        <h2>{text.people}</h2>
        <ul class="list">
          {people.data?.people.map((person) => (
            <li key={person.userId} class="row spread">
              <span>{person.displayName ?? (session && person.userId === session.user.id ? nameOf(session) : text.unnamed(person.userId))}</span>
              <Badge value={person.role} />
            </li>
          ))}
        </ul>
        {mayInvite && <InviteForm id={id} />}
        {!isMine && !session?.acting && (
          <div>
            <Problem problem={leaving.problem} />
            <Button kind="danger" busy={leaving.busy} onClick={() => leaving.run(() => act(Leave, { id }).then(() => go('/projects')))}>
              {text.leave}
            </Button>
          </div>
        )}
      </section>
    </div>
  );
}

function InviteForm({ id }: { id: string }) {
  const { busy, problem, run } = useAction();
  const submit = async (event: Submission) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const done = await run(() => act(Invite, { projectId: id, email: String(values.get('email')), role: String(values.get('role')) as 'EDITOR' }));
    if (!done) return;
    say(text.invited);
    form.reset();
  };
  return (
    <form class="card" onSubmit={submit}>
      <h3>{text.invite}</h3>
      <Input label={text.inviteEmail} name="email" type="email" required />
      <select name="role" aria-label={text.inviteRole}>
        {['VIEWER', 'EDITOR', 'OWNER'].map((role) => (
          <option key={role} value={role}>
            {words(role)}
          </option>
        ))}
      </select>
      <Problem problem={problem} />
      <Button type="submit" busy={busy}>
        {text.invite}
      </Button>
    </form>
  );
}

/** Says on a channel that one is there, as long as the page is open, and returns the names of all who are. */
function usePresence(channel: string, name: string): string[] {
  const key = useMemo(() => crypto.randomUUID(), []);
  const [here, setHere] = useState<Map<string, string>>(new Map());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const track = async () => {
      let waitMs = 5_000;
      try {
        // It lasts only so long, so that whoever is gone without a word is gone.
        waitMs = (await act(Track, { channel, key, meta: { name } })).trackPresence.lastsMs / 2;
      } catch {
        // The next attempt tells; the banner says that the server is away.
      }
      if (!over) timer = setTimeout(track, waitMs);
    };
    track();
    const stop = hear(
      Presence,
      { channel },
      ({ presence }) =>
        setHere((known) => {
          const next = presence.complete ? new Map<string, string>() : new Map(known);
          for (const { key: gone } of presence.leaves) next.delete(gone);
          for (const { key: come, meta } of presence.joins) next.set(come, (meta as { name?: string })?.name ?? come);
          return next;
        }),
      () => {},
    );
    const leave = () => {
      const authorization = `Bearer ${look().session?.accessToken}`;
      send({ query: Untrack.toString(), variables: { channel, key } }, { authorization }, true).catch(() => {});
    };
    window.addEventListener('pagehide', leave);
    return () => {
      over = true;
      clearTimeout(timer);
      stop();
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, [channel]);
  return [...new Set(here.values())];
}
