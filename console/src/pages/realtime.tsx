import { useEffect, useState } from 'preact/hooks';

import { act, hear, problemOf, type ApiError } from '../api';
import { Button, Empty, Field, Head, Input, Problem, type Submission } from '../components/basics';
import { graphql } from '../generated/graphql';
import type { ListenSubscription } from '../generated/graphql/graphql';
import { useAction } from '../hooks';
import { t } from '../texts';

const text = t.realtime;
const KEPT = 100;

const Listen = graphql(`
  subscription Listen($channel: String!, $private: Boolean!) {
    broadcast(channel: $channel, private: $private) { id event payload bytes }
  }
`);
const Who = graphql(`
  subscription Who($channel: String!, $private: Boolean!) {
    presence(channel: $channel, private: $private) { complete joins { key meta } leaves { key } }
  }
`);
const Send = graphql(`
  mutation SendBroadcast($channel: String!, $event: String!, $payload: JSON!, $private: Boolean!) {
    sendBroadcast(channel: $channel, event: $event, payload: $payload, private: $private)
  }
`);

type Heard = ListenSubscription['broadcast'];

/** A channel to listen to and to send to. */
export default function Realtime() {
  const [joined, setJoined] = useState<{ channel: string; private: boolean }>();
  const join = (event: Submission) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    setJoined({ channel: String(values.get('channel')), private: values.get('private') === 'on' });
  };
  return (
    <>
      <Head title={t.pages.realtime} lead={text.lead} live={Boolean(joined)} />
      {joined ? (
        <Channel {...joined} onLeave={() => setJoined(undefined)} />
      ) : (
        <form class="card" onSubmit={join}>
          <Input label={text.channel} name="channel" defaultValue="lobby" required />
          <label class="check">
            <input type="checkbox" name="private" />
            {text.private}
          </label>
          <div>
            <Button type="submit" kind="main">
              {text.join}
            </Button>
          </div>
        </form>
      )}
    </>
  );
}

function Channel({ channel, private: isPrivate, onLeave }: { channel: string; private: boolean; onLeave: () => void }) {
  const [heard, setHeard] = useState<{ at: Date; message: Heard }[]>([]);
  const [members, setMembers] = useState<Map<string, unknown>>(new Map());
  const [problem, setProblem] = useState<ApiError>();
  const sending = useAction();
  useEffect(() => {
    const place = { channel, private: isPrivate };
    const stops = [
      hear(Listen, place, ({ broadcast }) => setHeard((list) => [{ at: new Date(), message: broadcast }, ...list].slice(0, KEPT)), setProblem),
      hear(
        Who,
        place,
        ({ presence }) =>
          setMembers((known) => {
            const next = presence.complete ? new Map<string, unknown>() : new Map(known);
            for (const { key } of presence.leaves) next.delete(key);
            for (const { key, meta } of presence.joins) next.set(key, meta);
            return next;
          }),
        setProblem,
      ),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
  const send = (event: Submission) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    sending.run(async () => {
      let payload: unknown;
      try {
        payload = JSON.parse(String(values.get('payload')));
      } catch (error) {
        throw problemOf(new Error(`${t.grid.badJson} (${(error as Error).message})`));
      }
      await act(Send, { channel, event: String(values.get('event')), payload, private: isPrivate });
    });
  };
  return (
    <div class="halves">
      <section class="stack">
        <div class="row spread">
          <h2>
            {text.messages}: {channel}
          </h2>
          <Button onClick={onLeave}>{text.leave}</Button>
        </div>
        <Problem problem={problem} />
        {heard.length === 0 && <Empty>{text.nothing}</Empty>}
        <ul class="list" aria-live="polite">
          {heard.map(({ at, message }, place) => (
            <li class="item" key={message.id ?? place}>
              <span class="row spread">
                <strong>{message.event}</strong>
                <small class="quiet">{at.toLocaleTimeString()}</small>
              </span>
              <code>{message.bytes ?? JSON.stringify(message.payload)}</code>
            </li>
          ))}
        </ul>
      </section>
      <section class="stack">
        <form class="card" onSubmit={send}>
          <Input label={text.event} name="event" defaultValue="hello" required />
          <Field label={text.payload}>
            {(attributes) => <textarea class="code" name="payload" rows={5} spellcheck={false} required defaultValue={'{ "text": "Hello" }'} {...attributes} />}
          </Field>
          <Problem problem={sending.problem} />
          <div>
            <Button type="submit" kind="main" busy={sending.busy}>
              {text.send}
            </Button>
          </div>
        </form>
        <h2>{text.members}</h2>
        {members.size === 0 && <p class="quiet">{text.nobody}</p>}
        <ul class="list">
          {[...members].map(([key, meta]) => (
            <li class="item" key={key}>
              <strong>{key}</strong>
              <code>{JSON.stringify(meta)}</code>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
