import { useState } from 'preact/hooks';

import { act } from '../api';
import { Badge, Button, Field, Problem, Time, type Submission } from '../components/basics';
import { CopyButton } from '../components/copy';
import { Markdown } from '../components/markdown';
import { count, dollars, words } from '../format';
import { graphql } from '../generated/graphql';
import { useAction } from '../hooks';
import { here } from '../storage';
import { t } from '../texts';
import { Answering, Thought } from './chats-answer';
import type { Message } from './chats-conversation';
import { answerOptions } from './chats-options';

const text = t.chats;

const Edit = graphql(`
  mutation EditMessage($id: UUID!, $parts: JSON!, $options: AnswerOptions) { editMessage(id: $id, parts: $parts, options: $options) { streamId } }
`);
const Again = graphql(`
  mutation RegenerateMessage($id: UUID!, $options: AnswerOptions) { regenerateMessage(id: $id, options: $options) { streamId } }
`);
const Show = graphql(`
  mutation ShowBranch($id: UUID!) { showBranch(id: $id) { id } }
`);
const Answer = graphql(`
  mutation AnswerToolRequest($messageId: UUID!, $toolCallId: String!, $approved: Boolean!) {
    answerToolRequest(messageId: $messageId, toolCallId: $toolCallId, approved: $approved) { streamId }
  }
`);

/** A part of a message, as docs/chat.md lists them. */
interface Part {
  type?: string;
  text?: string;
  toolCallId?: string;
  toolName?: string;
  input?: unknown;
  output?: unknown;
  isError?: boolean;
  summary?: string;
  approved?: boolean;
  url?: string;
  title?: string;
}

interface Props {
  message: Message;
  /** What stands in this place on other branches, the message itself among it, the oldest first. */
  branches: string[];
  isLast: boolean;
  /** Whether an answer is being written in the chat. */
  isBusy: boolean;
  /** Whether the reader may go on with the chat. */
  isMine: boolean;
}

const partsOf = (message: Message) => (Array.isArray(message.parts) ? (message.parts as Part[]) : []);
const textOf = (parts: Part[]) => parts.flatMap(({ type, text: said }) => (type === 'text' && said ? [said] : [])).join('\n\n');

/** A message: what it says, how it came about, and what can be done about it. */
export function Said({ message, branches, isLast, isBusy, isMine }: Props) {
  const [editing, setEditing] = useState(false);
  const action = useAction();
  const parts = partsOf(message);
  const stream = message.streams.nodes[0];
  const isWritten = stream && !stream.endedAt;
  const isAnswer = message.role === 'ASSISTANT';
  return (
    <article class={`bubble stack ${message.role.toLowerCase()}`} aria-busy={Boolean(isWritten)} aria-live={isLast && isAnswer ? 'polite' : undefined}>
      <small class="row quiet">
        <Badge value={message.role} />
        {message.modelUsed && <span>{message.modelUsed}</span>}
        <Time value={message.createdAt} />
        {message.outputTokens !== null && <span>{`${count(Number(message.inputTokens) + Number(message.outputTokens))} ${text.tokens.toLowerCase()}`}</span>}
        {message.cost && <span>{dollars(message.cost)}</span>}
        {branches.length > 1 && isMine && <Branches id={message.id} branches={branches} disabled={isBusy} />}
      </small>
      {editing ? (
        <EditForm message={message} onDone={() => setEditing(false)} />
      ) : (
        <>
          <Parts message={message} parts={parts} isOpen={isMine && isLast && !isBusy} />
          {isWritten && <Answering key={stream.id} streamId={stream.id} />}
        </>
      )}
      {stream?.status === 'STOPPED' && <small class="quiet">{text.wasStopped}</small>}
      {stream?.status === 'FAILED' && <p class="problem">{stream.errorMessage ?? t.problems.unknown}</p>}
      <Problem problem={action.problem} />
      {!editing && !isWritten && (
        <div class="actions">
          {textOf(parts) && <CopyButton text={textOf(parts)} />}
          {isMine && message.role === 'USER' && (
            <Button disabled={isBusy} onClick={() => setEditing(true)}>
              {t.edit}
            </Button>
          )}
          {isMine && isAnswer && message.parentId && (
            <Button disabled={isBusy} busy={action.busy} onClick={() => action.run(() => act(Again, { id: message.id, options: answerOptions() }))}>
              {text.again}
            </Button>
          )}
        </div>
      )}
    </article>
  );
}

/** Which of the branches is shown, and the ones beside it. */
function Branches({ id, branches, disabled }: { id: string; branches: string[]; disabled: boolean }) {
  const { busy, problem, run } = useAction();
  const place = branches.indexOf(id);
  const show = (step: number) => run(() => act(Show, { id: branches[place + step]! }));
  return (
    <span class="row" role="group" aria-label={text.branches}>
      <Button kind="bare" aria-label={text.formerBranch} busy={busy} disabled={disabled || place < 1} onClick={() => show(-1)}>
        ‹
      </Button>
      <span>{`${place + 1} / ${branches.length}`}</span>
      <Button kind="bare" aria-label={text.nextBranch} busy={busy} disabled={disabled || place >= branches.length - 1} onClick={() => show(1)}>
        ›
      </Button>
      <Problem problem={problem} />
    </span>
  );
}

function EditForm({ message, onDone }: { message: Message; onDone: () => void }) {
  const { busy, problem, run } = useAction();
  const submit = async (event: Submission) => {
    event.preventDefault();
    const said = String(new FormData(event.currentTarget).get('text'));
    if (await run(() => act(Edit, { id: message.id, parts: [{ type: 'text', text: said }], options: answerOptions() }))) onDone();
  };
  return (
    <form onSubmit={submit}>
      <Field label={text.editLabel} hint={text.editHint}>
        {(attributes) => <textarea name="text" rows={4} required autofocus defaultValue={textOf(partsOf(message))} {...attributes} />}
      </Field>
      <Problem problem={problem} />
      <div class="actions">
        <Button type="submit" kind="main" busy={busy}>
          {text.askAgain}
        </Button>
        <Button onClick={onDone}>{t.cancel}</Button>
      </div>
    </form>
  );
}

function Parts({ message, parts, isOpen }: { message: Message; parts: Part[]; isOpen: boolean }) {
  const answered = new Map(parts.flatMap((part) => (part.type === 'tool-answer' ? [[part.toolCallId, part.approved] as const] : [])));
  const results = new Map(parts.flatMap((part) => (part.type === 'tool-result' ? [[part.toolCallId, part] as const] : [])));
  return (
    <>
      <Attached message={message} />
      {parts.map((part, place) => {
        switch (part.type) {
          case 'text':
            return message.role === 'ASSISTANT' ? <Markdown key={place} text={part.text ?? ''} prose /> : <p class="prose" key={place}>{part.text}</p>;
          case 'reasoning':
            return <Thought key={place} text={part.text ?? ''} />;
          case 'tool-call':
            return <ToolCall key={place} call={part} result={results.get(part.toolCallId)} />;
          case 'tool-request':
            return <Request key={place} messageId={message.id} request={part} answer={answered.get(part.toolCallId)} isOpen={isOpen} />;
          case 'source':
            return part.url && /^https?:/.test(part.url) ? (
              <a key={place} href={part.url} target="_blank" rel="noopener noreferrer">
                {part.title ?? part.url}
              </a>
            ) : null;
          case 'tool-result':
          case 'tool-answer':
            return null;
          default:
            return <pre key={place} tabIndex={0}>{JSON.stringify(part, null, 2)}</pre>;
        }
      })}
    </>
  );
}

/** What models are shown as a picture, and browsers show, too. */
const PICTURE = /^image\/(png|jpeg|gif|webp)$/;

interface Stored {
  name?: string;
  title?: string;
  contentType?: string;
}

/** What came with a message: pictures are shown, other files are links; a file that is gone, or not the reader's, is a name. */
function Attached({ message }: { message: Message }) {
  const attachments = Array.isArray(message.attachments) ? (message.attachments as Stored[]) : [];
  if (attachments.length === 0) return null;
  return (
    <ul class="chips" aria-label={text.attachments}>
      {attachments.map((each, place) => {
        const name = each.name ?? each.title ?? text.attachment;
        const url = message.attachmentUrls[place];
        const address = url && here(url);
        return (
          <li class="badge" key={place}>
            {address ? (
              <a href={address} target="_blank" rel="noopener noreferrer">
                {PICTURE.test(each.contentType ?? '') ? <img class="thumb" src={address} alt={t.files.pictureOf(name)} loading="lazy" /> : name}
              </a>
            ) : (
              name
            )}
          </li>
        );
      })}
    </ul>
  );
}

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

/** A tool that was used, with what it was given and what came of it. */
function ToolCall({ call, result }: { call: Part; result?: Part }) {
  return (
    <details>
      <summary>
        {words(call.toolName ?? '')} {result?.isError && <Badge value="FAILED" />}
      </summary>
      <div class="stack">
        <span class="label">{text.given}</span>
        <pre tabIndex={0}>{shown(call.input)}</pre>
        {result && (
          <>
            <span class="label">{text.cameOf}</span>
            <pre tabIndex={0}>{shown(result.output)}</pre>
          </>
        )}
      </div>
    </details>
  );
}

/** A tool that asks first: what it wants to do, and yes or no. */
function Request({ messageId, request, answer, isOpen }: { messageId: string; request: Part; answer?: boolean; isOpen: boolean }) {
  const { busy, problem, run } = useAction();
  const say = (approved: boolean) => run(() => act(Answer, { messageId, toolCallId: request.toolCallId!, approved }));
  return (
    <section class="card request" aria-label={text.asks(words(request.toolName ?? ''))}>
      <strong>{text.asks(words(request.toolName ?? ''))}</strong>
      <p>{request.summary}</p>
      <details>
        <summary>{text.given}</summary>
        <pre tabIndex={0}>{shown(request.input)}</pre>
      </details>
      <Problem problem={problem} />
      {answer !== undefined && <Badge value={answer ? text.allowed : text.refused} />}
      {answer === undefined && isOpen && (
        <div class="actions">
          <Button kind="main" busy={busy} onClick={() => say(true)}>
            {text.allow}
          </Button>
          <Button busy={busy} onClick={() => say(false)}>
            {text.refuse}
          </Button>
        </div>
      )}
      {answer === undefined && !isOpen && <small class="quiet">{text.unanswered}</small>}
    </section>
  );
}
