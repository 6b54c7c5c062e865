import { useEffect, useState } from 'preact/hooks';

import { act, hear, type ApiError } from '../api';
import { Button, Problem } from '../components/basics';
import { Markdown } from '../components/markdown';
import { words } from '../format';
import { graphql } from '../generated/graphql';
import type { FollowAnswerSubscription } from '../generated/graphql/graphql';
import { useAction } from '../hooks';
import { t } from '../texts';

const text = t.chats;
/** So often at most what has come is drawn. */
const DRAW_MS = 50;

const Stream = graphql(`
  subscription FollowAnswer($streamId: UUID!) {
    chatStream(streamId: $streamId, after: 0) { offset kind text from toolName isError error { message } }
  }
`);
const Stop = graphql(`
  mutation StopStream($id: UUID!) { stopStream(id: $id) { id } }
`);

type Event = FollowAnswerSubscription['chatStream'];

/** The events with one more: what a lost worker wrote above `from` is written anew, and what comes again counts once. */
function withEvent(known: Event[], event: Event): Event[] {
  if (event.kind === 'RESTART') return known.filter(({ offset }) => offset <= (event.from ?? 0));
  return (known.at(-1)?.offset ?? 0) < event.offset ? [...known, event] : [...known.filter(({ offset }) => offset < event.offset), event];
}

const textOf = (events: Event[], kind: Event['kind']) => events.map((event) => (event.kind === kind ? event.text : '')).join('');

/** An answer while it is written: what has come of it so far, after a reload, too. */
export function Answering({ streamId }: { streamId: string }) {
  const [events, setEvents] = useState<Event[]>([]);
  const [problem, setProblem] = useState<ApiError>();
  const stopping = useAction();
  useEffect(() => {
    // Words come faster than they are read: those of a moment are drawn together.
    let fresh: Event[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      const taken = fresh;
      fresh = [];
      timer = undefined;
      setEvents((known) => taken.reduce(withEvent, known));
    };
    const take = ({ chatStream: event }: FollowAnswerSubscription) => {
      fresh.push(event);
      timer ??= setTimeout(draw, DRAW_MS);
    };
    const stop = hear(Stream, { streamId }, take, setProblem);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [streamId]);
  const written = textOf(events, 'TEXT');
  const thought = textOf(events, 'REASONING');
  const tools = events.filter(({ kind }) => kind === 'TOOL_CALL').map(({ toolName }) => words(toolName ?? ''));
  const failed = events.at(-1)?.error;
  return (
    <>
      {thought && <Thought text={thought} />}
      {tools.length > 0 && (
        <small class="quiet" role="status">
          {text.using(tools.join(', '))}
        </small>
      )}
      {written ? <Markdown text={written} prose /> : <p class="prose quiet">{text.thinking}</p>}
      {failed && <p class="problem">{failed.message}</p>}
      <Problem problem={problem ?? stopping.problem} />
      <div>
        <Button busy={stopping.busy} onClick={() => stopping.run(() => act(Stop, { id: streamId }))}>
          {text.stop}
        </Button>
      </div>
    </>
  );
}

/** What a model thought before it answered, for those who want to know. */
export function Thought({ text: thought }: { text: string }) {
  return (
    <details>
      <summary>{text.thought}</summary>
      <p class="prose quiet">{thought}</p>
    </details>
  );
}
