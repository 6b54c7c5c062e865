import { useEffect, useRef } from 'preact/hooks';

import { Empty, Problem, Waiting } from '../components/basics';
import { graphql } from '../generated/graphql';
import type { ChatMessagesSubscription } from '../generated/graphql/graphql';
import { useLive } from '../hooks';
import { resourceNamed, type Row } from '../resources/schema';
import { useRights } from '../rights';
import { t } from '../texts';
import { Composer } from './chats-composer';
import { Said } from './chats-message';

const text = t.chats;
const CHATS = resourceNamed('chats')!;

const Messages = graphql(`
  subscription ChatMessages($chatId: UUID!) {
    live {
      messages(where: { chatId: { eq: $chatId }, isCurrent: { eq: true } }, orderBy: [{ createdAt: ASC }], first: 200) {
        nodes {
          id role parts attachments attachmentUrls(expiresIn: 86400) modelUsed inputTokens outputTokens cost createdAt parentId
          streams(first: 1, orderBy: [{ createdAt: DESC }]) { nodes { id status errorMessage endedAt } }
        }
      }
      chat(id: $chatId) { tree: messages(first: 500, orderBy: [{ createdAt: ASC }]) { nodes { id parentId role } } }
    }
  }
`);

export type Message = ChatMessagesSubscription['live']['messages']['nodes'][number];

/** What was said in a chat, on the branch that is shown, and what is said next. */
export function Conversation({ chat }: { chat: Row }) {
  const chatId = String(chat.id);
  const { change: isMine, why } = useRights(CHATS, chat);
  const { data, problem, again, waiting } = useLive(Messages, { chatId });
  const end = useRef<HTMLDivElement>(null);
  const messages = data?.live.messages.nodes;
  const tree = data?.live.chat?.tree.nodes ?? [];
  const last = messages?.at(-1);
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    // What is new comes into sight; what was there when the page was opened stays where it is.
    if (before.current && last && before.current !== last.id) end.current?.scrollIntoView({ block: 'nearest' });
    before.current = last?.id;
  }, [last?.id]);
  const isWritten = messages?.some((message) => message.streams.nodes.some(({ endedAt }) => !endedAt)) ?? false;
  return (
    <section class="stack" aria-label={text.messages}>
      <h2>{text.messages}</h2>
      <Problem problem={problem} again={again} />
      {!messages && waiting && <Waiting />}
      {messages?.length === 0 && <Empty>{text.noMessages}</Empty>}
      {messages?.map((message) => (
        <Said
          key={message.id}
          message={message}
          branches={tree.filter(({ parentId, role }) => parentId === message.parentId && role === message.role).map(({ id }) => id)}
          isLast={message.id === last?.id}
          isBusy={isWritten}
          isMine={isMine}
        />
      ))}
      {isMine ? <Composer chatId={chatId} busy={isWritten} /> : why && <p class="quiet">{text.notYours}</p>}
      <div ref={end} />
    </section>
  );
}
