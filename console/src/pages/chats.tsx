import { Badge, Empty, Problem, Time, Waiting } from '../components/basics';
import { count, dollars } from '../format';
import { graphql } from '../generated/graphql';
import type { ChatMessagesSubscription } from '../generated/graphql/graphql';
import { useLive } from '../hooks';
import type { PageProps } from '../pages';
import { t } from '../texts';
import { ResourcePage } from './resource-page';

const text = t.chats;

const Messages = graphql(`
  subscription ChatMessages($chatId: UUID!) {
    live {
      messages(where: { chatId: { eq: $chatId } }, orderBy: [{ createdAt: ASC }], first: 200) {
        nodes { id role parts modelUsed inputTokens outputTokens cost createdAt }
      }
    }
  }
`);

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
    </section>
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
      {parts.map((part, place) => (part.text ? <p class="prose" key={place}>{part.text}</p> : <pre key={place}>{JSON.stringify(part, null, 2)}</pre>))}
    </article>
  );
}
