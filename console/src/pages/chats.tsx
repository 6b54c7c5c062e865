import { useEffect, useState } from 'preact/hooks';

import { act, hear, type ApiError } from '../api';
import { Badge, Button, Empty, Field, Problem, Time, Waiting, type Submission } from '../components/basics';
import { count, dollars } from '../format';
import { graphql } from '../generated/graphql';
import type { ChatMessagesSubscription, FollowAnswerSubscription } from '../generated/graphql/graphql';
import { useAction, useLive } from '../hooks';
import type { PageProps } from '../pages';
import { t } from '../texts';
import { ResourcePage } from './resource-page';

const text = t.chats;

const Messages = graphql(`
  subscription ChatMessages($chatId: UUID!) {
    live {
      messages(where: { chatId: { eq: $chatId }, isCurrent: { eq: true } }, orderBy: [{ createdAt: ASC }], first: 200) {
        nodes {
          id role parts modelUsed inputTokens outputTokens cost createdAt
          streams(first: 1, where: { endedAt: { isNull: true } }) { nodes { id } }
        }
      }
    }
  }
`);

const Send = graphql(`
  mutation SendMessage($chatId: UUID!, $parts: JSON!) { sendMessage(chatId: $chatId, parts: $parts) { streamId } }
`);
const Stop = graphql(`
  mutation StopStream($id: UUID!) { stopStream(id: $id) { id } }
`);
const Stream = graphql(`
  subscription FollowAnswer($streamId: UUID!) {
    chatStream(streamId: $streamId, after: 0) { offset kind text from toolName error { message } }
  }
`);

type Event = FollowAnswerSubscription['chatStream'];
type Message = ChatMessagesSubscription['live']['messages']['nodes'][number];

/** Chats with what was said in them. */
export default function Chats(props: PageProps) {
  return (
    <ResourcePage
      {...props}
      title={t.pages.chats}
      lead={text.lead}
      empty={text.empty}
      table="chats"
      path="/chats"
      columns={['title', 'visibility', 'totalInputTokens', 'totalOutputTokens', 'totalCost', 'updatedAt']}
      creates={['title', 'visibility']}
      edits={['title', 'visibility']}
      folded
    >
      {(row) => <Conversation chatId={String(row.id)} />}
    </ResourcePage>
  );
}

function Conversation({ chatId }: { chatId: string }) {
  const { data, problem, again, waiting } = useLive(Messages, { chatId });
  const messages = data?.live.messages.nodes;
  return (
    <section class="stack" aria-live="polite">
      <h2>{text.messages}</h2>
      <Problem problem={problem} again={again} />
      {!messages && waiting && <Waiting />}
      {messages?.length === 0 && <Empty>{text.noMessages}</Empty>}
      {messages?.map((message) => <Said key={message.id} message={message} />)}
      <Composer chatId={chatId} busy={messages?.some((message) => message.streams.nodes.length > 0) ?? false} />
    </section>
  );
}

/** What is said next. One answer is written at a time. */
function Composer({ chatId, busy }: { chatId: string; busy: boolean }) {
  const action = useAction();
  const submit = async (event: Submission) => {
    event.preventDefault();
    const form = event.currentTarget;
    const said = String(new FormData(form).get('text'));
    if (await action.run(() => act(Send, { chatId, parts: [{ type: 'text', text: said }] }))) form.reset();
  };
  return (
    <form
      class="card"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
      }}
    >
      <Field label={text.say}>{(attributes) => <textarea name="text" rows={3} required {...attributes} />}</Field>
      <Problem problem={action.problem} />
      <div>
        <Button type="submit" kind="main" busy={action.busy || busy}>
          {text.send}
        </Button>
      </div>
    </form>
  );
}

/** An answer while it is written: what has come of it so far, after a reload, too. */
function Answering({ streamId }: { streamId: string }) {
  const [events, setEvents] = useState<Event[]>([]);
  const [problem, setProblem] = useState<ApiError>();
  const stopping = useAction();
  useEffect(
    () =>
      hear(
        Stream,
        { streamId },
        ({ chatStream: event }) =>
          // After a worker was lost what is above `from` is written anew.
          setEvents((known) => (event.kind === 'RESTART' ? known.filter(({ offset }) => offset <= (event.from ?? 0)) : [...known.filter(({ offset }) => offset < event.offset), event])),
        setProblem,
      ),
    [streamId],
  );
  const written = events.map((event) => (event.kind === 'TEXT' ? event.text : '')).join('');
  const tools = events.filter(({ kind }) => kind === 'TOOL_CALL').map(({ toolName }) => toolName);
  return (
    <>
      {tools.length > 0 && <small class="quiet">{tools.join(', ')}</small>}
      <p class="prose">{written || t.loading}</p>
      {events.at(-1)?.error && <p class="problem">{events.at(-1)?.error?.message}</p>}
      <Problem problem={problem ?? stopping.problem} />
      <div>
        <Button busy={stopping.busy} onClick={() => stopping.run(() => act(Stop, { id: streamId }))}>
          {text.stop}
        </Button>
      </div>
    </>
  );
}

function Said({ message }: { message: Message }) {
  const parts = Array.isArray(message.parts) ? (message.parts as { type?: string; text?: string }[]) : [];
  return (
    <article class={`bubble stack ${message.role.toLowerCase()}`}>
      <small class="row quiet">
        <Badge value={message.role} />
        {message.modelUsed && <span>{message.modelUsed}</span>}
        <Time value={message.createdAt} />
        {message.outputTokens !== null && <span>{`${count(Number(message.inputTokens) + Number(message.outputTokens))} ${text.tokens.toLowerCase()}`}</span>}
        {message.cost && <span>{dollars(message.cost)}</span>}
      </small>
      {message.streams.nodes.map(({ id }) => (
        <Answering key={id} streamId={id} />
      ))}
      {parts.map((part, place) => (part.text ? <p class="prose" key={place}>{part.text}</p> : <pre key={place}>{JSON.stringify(part, null, 2)}</pre>))}
    </article>
  );
}
