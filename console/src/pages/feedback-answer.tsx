import { act } from '../api';
import { Badge, Button, Field, Problem, Time, Waiting, type Submission } from '../components/basics';
import { say } from '../components/toast';
import { words } from '../format';
import { graphql } from '../generated/graphql';
import type { FeedbackStatus, OneFeedbackSubscription } from '../generated/graphql/graphql';
import { useAction, useLive } from '../hooks';
import { t } from '../texts';

const text = t.feedback;
const STATES: FeedbackStatus[] = ['OPEN', 'IN_PROGRESS', 'RESOLVED', 'CLOSED'];

const One = graphql(`
  subscription OneFeedback($id: UUID!) {
    live {
      feedback(id: $id) {
        id message feedbackType status priority rating contactName contactEmail createdAt respondedAt adminResponse
        user { displayName email } admin { displayName email } category { name }
        tagLinks(first: 50) { nodes { tagId } }
      }
      feedbackTags(first: 100, where: { isActive: { eq: true } }, orderBy: [{ name: ASC }]) { nodes { id name color } }
    }
  }
`);
const Answer = graphql(`
  mutation AnswerFeedback($id: UUID!, $set: FeedbackSet!) { updateFeedback(id: $id, set: $set) { id } }
`);
const Tag = graphql(`
  mutation TagFeedback($input: FeedbackTagLinkInput!) { createFeedbackTagLink(input: $input) { tagId } }
`);
const Untag = graphql(`
  mutation UntagFeedback($feedbackId: UUID!, $tagId: UUID!) { deleteFeedbackTagLink(feedbackId: $feedbackId, tagId: $tagId) { tagId } }
`);

type Feedback = NonNullable<OneFeedbackSubscription['live']['feedback']>;

/** What somebody said, what is answered, and how it is sorted. */
export function OneFeedback({ id }: { id: string }) {
  const { data, problem, again } = useLive(One, { id });
  const feedback = data?.live.feedback;
  if (problem && !data) return <Problem problem={problem} again={again} />;
  if (!feedback) return data ? null : <Waiting />;
  return (
    <div class="halves">
      <section class="card">
        <p class="row">
          <Badge value={feedback.status} />
          <Badge value={feedback.priority} />
          <span class="badge">{words(feedback.feedbackType)}</span>
          {feedback.category && <span class="badge">{feedback.category.name}</span>}
          {feedback.rating !== null && feedback.rating !== undefined && <span>{text.stars(feedback.rating)}</span>}
        </p>
        <p class="prose">{feedback.message}</p>
        <small class="quiet">
          {whoOf(feedback)} · <Time value={feedback.createdAt} />
        </small>
        {feedback.adminResponse && (
          <div class="bubble assistant stack">
            <small class="quiet">
              {feedback.admin?.displayName ?? feedback.admin?.email} {feedback.respondedAt && <Time value={feedback.respondedAt} />}
            </small>
            <p class="prose">{feedback.adminResponse}</p>
          </div>
        )}
      </section>
      <div class="stack">
        <AnswerForm key={feedback.id} feedback={feedback} />
        <Tags feedback={feedback} tags={data!.live.feedbackTags.nodes} />
      </div>
    </div>
  );
}

function whoOf({ user, contactName, contactEmail }: Feedback): string {
  const names = [user?.displayName ?? contactName, user?.email ?? contactEmail].filter(Boolean);
  return names.join(', ') || text.somebody;
}

function AnswerForm({ feedback }: { feedback: Feedback }) {
  const { busy, problem, run } = useAction();
  const submit = (event: Submission) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const adminResponse = String(form.get('answer')).trim() || null;
    run(async () => {
      await act(Answer, { id: feedback.id, set: { adminResponse, status: String(form.get('status')) as FeedbackStatus } });
      say(t.saved);
    });
  };
  return (
    <form class="card" onSubmit={submit}>
      <h2>{text.answer}</h2>
      <Field label={text.answerText} hint={text.answerHint}>
        {(attributes) => <textarea name="answer" rows={5} defaultValue={feedback.adminResponse ?? ''} {...attributes} />}
      </Field>
      <Field label={text.status}>
        {(attributes) => (
          <select name="status" {...attributes}>
            {STATES.map((status) => (
              <option key={status} value={status} selected={status === feedback.status}>
                {words(status)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Problem problem={problem} />
      <div>
        <Button type="submit" kind="main" busy={busy}>
          {t.save}
        </Button>
      </div>
    </form>
  );
}

function Tags({ feedback, tags }: { feedback: Feedback; tags: OneFeedbackSubscription['live']['feedbackTags']['nodes'] }) {
  const { busy, problem, run } = useAction();
  const has = new Set(feedback.tagLinks.nodes.map(({ tagId }) => tagId));
  const toggle = (tagId: string) => run(() => (has.has(tagId) ? act(Untag, { feedbackId: feedback.id, tagId }) : act(Tag, { input: { feedbackId: feedback.id, tagId } })));
  return (
    <section class="card">
      <h2>{text.tags}</h2>
      {tags.length === 0 && <p class="quiet">{text.noTags}</p>}
      <div class="row" role="group" aria-label={text.tags}>
        {tags.map(({ id, name, color }) => (
          <Button key={id} aria-pressed={has.has(id)} busy={busy} onClick={() => toggle(id)}>
            <span class="dot" style={{ '--dot': color }} aria-hidden="true" /> {name}
          </Button>
        ))}
      </div>
      <Problem problem={problem} />
    </section>
  );
}
