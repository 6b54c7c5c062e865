import { act, ask, ApiError } from '../api';
import { Button, Field, Problem, type Submission } from '../components/basics';
import { say } from '../components/toast';
import { graphql } from '../generated/graphql';
import { useAction } from '../hooks';
import { t } from '../texts';

const text = t.clusters;
/** As many notes are moved at once. */
const AT_MOST = 1_000;

const Suggested = graphql(`
  query NotesSuggestedFor($id: UUID!) { noteSuggestions(first: 200, where: { clusterId: { eq: $id }, refusedAt: { isNull: true } }) { pageInfo { hasNextPage } nodes { noteId } } }
`);
/** Both in one transaction: a cluster is not left behind without its notes. */
const MergeSuggested = graphql(`
  mutation MergeSuggested($id: UUID!, $into: UUID!, $noteIds: [UUID!]!, $atMost: Int!) {
    updateNotes(where: { id: { in: $noteIds }, clusterId: { isNull: true } }, set: { clusterId: $into }, atMost: $atMost) { affectedCount }
    dismissCluster(id: $id) { id }
  }
`);
const MergeOwn = graphql(`
  mutation MergeOwn($id: UUID!, $into: UUID!, $atMost: Int!) {
    updateNotes(where: { clusterId: { eq: $id } }, set: { clusterId: $into }, atMost: $atMost) { affectedCount }
    deleteCluster(id: $id) { id }
  }
`);

interface Cluster {
  id: string;
  title: string;
}

async function merge(cluster: Cluster, isSuggested: boolean, into: string): Promise<number> {
  if (!isSuggested) return (await act(MergeOwn, { id: cluster.id, into, atMost: AT_MOST })).updateNotes.affectedCount;
  const { nodes, pageInfo } = (await ask(Suggested, { id: cluster.id })).noteSuggestions;
  if (pageInfo.hasNextPage) throw new ApiError(text.tooMany);
  const noteIds = nodes.map(({ noteId }) => noteId);
  return (await act(MergeSuggested, { id: cluster.id, into, noteIds, atMost: AT_MOST })).updateNotes.affectedCount;
}

/** Puts the notes of a cluster into another one, in whose place it was suggested or made. */
export function MergeForm({ cluster, isSuggested, others }: { cluster: Cluster; isSuggested?: boolean; others: readonly Cluster[] }) {
  const { busy, problem, run } = useAction();
  const targets = others.filter(({ id }) => id !== cluster.id);
  if (targets.length === 0) return null;
  const submit = (event: Submission) => {
    event.preventDefault();
    const into = String(new FormData(event.currentTarget).get('into'));
    run(async () => say(text.merged(await merge(cluster, Boolean(isSuggested), into))));
  };
  return (
    <details>
      <summary>{text.merge}</summary>
      <form onSubmit={submit}>
        <Field label={text.mergeInto} hint={isSuggested ? text.mergeSuggestedHint : text.mergeHint}>
          {(attributes) => (
            <select name="into" required {...attributes}>
              {targets.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Problem problem={problem} />
        <div>
          <Button type="submit" busy={busy}>
            {text.mergeIt}
          </Button>
        </div>
      </form>
    </details>
  );
}
