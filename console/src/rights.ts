// Who may change what, so that nothing is offered that ends in a refusal. Row level security decides; this foretells it.
import { isAdmin } from './app';
import { graphql } from './generated/graphql';
import type { MyPlaceQuery } from './generated/graphql/graphql';
import { useAsk, useSession } from './hooks';
import type { Resource, Row } from './resources/schema';
import type { Session } from './session';
import { t } from './texts';

const text = t.rights;

const Place = graphql(`
  query MyPlace($project: UUID!) { people(projectId: $project) { userId role isOwner } }
`);

/** Those whom a rule lets; editors and owners are those of the row's project. */
type Who = 'anybody' | 'administrators' | 'whose it is' | 'editors' | 'owners';

interface Rule {
  make?: Who;
  change?: Who[];
  remove?: Who[];
}

const BY_ADMINISTRATORS: Rule = { make: 'administrators', change: ['administrators'], remove: ['administrators'] };
const BY_EDITORS: Rule = { change: ['editors'], remove: ['editors'] };

/** Where it is otherwise than that a row's owner alone changes it. */
const RULES: { [table: string]: Rule } = {
  adminConfigs: BY_ADMINISTRATORS,
  apiProviders: BY_ADMINISTRATORS,
  audioRecordings: BY_EDITORS,
  collaborators: { change: ['owners'], remove: ['owners', 'whose it is'] },
  documentComments: { remove: ['anybody'] },
  errorLogs: { change: ['administrators'] },
  feedbackCategories: BY_ADMINISTRATORS,
  feedbackTags: BY_ADMINISTRATORS,
  feedbacks: { change: ['whose it is', 'administrators'] },
  modelConfigs: BY_ADMINISTRATORS,
  projectComponents: BY_EDITORS,
  projects: { change: ['whose it is', 'editors'] },
  promptFrameworks: BY_ADMINISTRATORS,
};

/** What the reader may do with a row. */
export interface Rights {
  change: boolean;
  remove: boolean;
  /** Why not, where there is something that they may not. */
  why?: string;
}

/** Whose a row is; nobody's where it belongs to all. */
function ownerOf({ name }: Resource, row: Row): unknown {
  if (name === 'users') return row.id;
  if (name === 'objects') return ownerOfFile(String(row.bucketId), String(row.name));
  return row.userId;
}

/** Whose a file is by its name, where that decides: in a bucket of the operator's its policies do. */
export function ownerOfFile(bucket: string, name: string): string | undefined {
  return bucket === 'audio-recordings' || bucket === 'chat-attachments' ? name.split('/')[0] : undefined;
}

/** Whether the reader may put rows into a table at all. */
export function mayMake(resource: Resource, session: Session | undefined): boolean {
  if (!session || session.acting) return false;
  return RULES[resource.name]?.make !== 'administrators' || isAdmin(session);
}

type Person = MyPlaceQuery['people'][number];

function foretell(resource: Resource, row: Row, session: Session, me: Person | undefined): Rights {
  if (session.acting) return { change: false, remove: false, why: text.acting };
  const owner = ownerOf(resource, row);
  const isMine = owner === session.user.id;
  const isLet: Record<Who, boolean> = {
    anybody: true,
    administrators: isAdmin(session),
    'whose it is': isMine,
    editors: Boolean(me && (me.isOwner || me.role !== 'VIEWER')),
    owners: Boolean(me && (me.isOwner || me.role === 'OWNER')),
  };
  const usual: Who[] = [owner === undefined || owner === null ? 'anybody' : 'whose it is'];
  const { change: changers = usual, remove: removers = usual } = RULES[resource.name] ?? {};
  const change = changers.some((who) => isLet[who]);
  const remove = removers.some((who) => isLet[who]);
  const missing = change ? removers : changers;
  const why = missing.includes('administrators') ? text.administrators : missing.includes('editors') ? text.viewer : missing.includes('owners') ? text.owners : change ? text.ownerRemoves : text.owner;
  return { change, remove, why: change && remove ? undefined : why };
}

/** What the reader may do with a row; nothing as long as that is not known. Where it cannot be told, nothing is kept back. */
export function useRights(resource: Resource, row: Row | undefined): Rights {
  const { session } = useSession();
  const rule = RULES[resource.name];
  const isShared = [...(rule?.change ?? []), ...(rule?.remove ?? [])].some((who) => who === 'editors' || who === 'owners');
  const project = row && isShared ? String(resource.name === 'projects' ? row.id : row.projectId) : undefined;
  const { data, problem } = useAsk(project ? Place : undefined, { project: project ?? '' });
  if (!row || !session || (project && !data && !problem)) return { change: false, remove: false };
  if (project && !data) return { change: !session.acting, remove: !session.acting, why: session.acting ? text.acting : undefined };
  return foretell(resource, row, session, data?.people.find(({ userId }) => userId === session.user.id));
}
