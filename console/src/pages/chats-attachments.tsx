import { useState } from 'preact/hooks';

import { Button, Problem } from '../components/basics';
import { FileChoice } from '../components/file-choice';
import { bytes } from '../format';
import { graphql } from '../generated/graphql';
import type { ChatAttachmentInput } from '../generated/graphql/graphql';
import { useAction, useAsk, useSession, useSettled } from '../hooks';
import { hrefOf } from '../router';
import { upload } from '../storage';
import { t } from '../texts';

const text = t.chats;
/** As many go with one message. */
const AT_MOST = 10;
/** What models read: pictures, PDF, and texts. */
const READABLE = /^image\/(png|jpeg|gif|webp)$|^application\/(pdf|json|xml|yaml|x-yaml)$|^text\/|\+(json|xml)$/;

const Files = graphql(`
  query FilesToAttach($objects: ObjectWhere!, $recordings: AudioRecordingWhere!) {
    objects(first: 50, where: $objects, orderBy: [{ updatedAt: DESC }]) { nodes { id name metadata } }
    audioRecordings(first: 20, where: $recordings, orderBy: [{ createdAt: DESC }]) { nodes { id fileName sizeBytes } }
  }
`);

/** A file that goes with a message. */
export interface Attachment {
  name: string;
  size: number;
  input: ChatAttachmentInput;
}

const keyOf = ({ input }: Attachment) => String(input.objectId ?? input.recordingId);

/** Files that are stored, and recordings that are written down, to go with what is said. */
export function Attachments({ chosen, onChange }: { chosen: Attachment[]; onChange: (next: Attachment[]) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="stack">
      {chosen.length > 0 && (
        <ul class="chips" aria-label={text.attachments}>
          {chosen.map((each) => (
            <li class="badge" key={keyOf(each)}>
              {each.name}
              <Button kind="bare" aria-label={text.detach(each.name)} onClick={() => onChange(chosen.filter((other) => other !== each))}>
                ×
              </Button>
            </li>
          ))}
        </ul>
      )}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{text.attach}</summary>
        {open && <Choose chosen={chosen} onChange={onChange} />}
      </details>
    </div>
  );
}

function Choose({ chosen, onChange }: { chosen: Attachment[]; onChange: (next: Attachment[]) => void }) {
  const [typed, setTyped] = useState('');
  const settled = useSettled(typed.trim(), 250);
  const like = settled ? { ilike: `%${settled.replace(/[\\%_]/g, '\\$&')}%` } : undefined;
  const { data, problem, again } = useAsk(Files, {
    objects: { version: { isNull: false }, ...(like && { name: like }) },
    recordings: { transcriptionStatus: { eq: 'COMPLETED' as const }, ...(like && { fileName: like }) },
  });
  const files = (data?.objects.nodes ?? []).flatMap(({ id, name, metadata }): Attachment[] => {
    const { mimetype = '', size = 0 } = (metadata ?? {}) as { mimetype?: string; size?: number };
    return READABLE.test(mimetype.split(';')[0]!) ? [{ name: name.split('/').at(-1)!, size, input: { objectId: id } }] : [];
  });
  const recordings = (data?.audioRecordings.nodes ?? []).map(({ id, fileName, sizeBytes }): Attachment => ({ name: fileName, size: Number(sizeBytes), input: { recordingId: id } }));
  const all = [...files, ...recordings];
  const has = new Set(chosen.map(keyOf));
  const toggle = (each: Attachment) => onChange(has.has(keyOf(each)) ? chosen.filter((other) => keyOf(other) !== keyOf(each)) : [...chosen, each]);
  return (
    <div class="stack">
      <small class="quiet">{text.attachLead}</small>
      <FromDevice room={AT_MOST - chosen.length} onStored={(stored) => onChange([...chosen, ...stored])} />
      <input type="search" aria-label={text.findFile} placeholder={text.findFile} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()} />
      <Problem problem={problem} again={again} />
      {data && all.length === 0 && (
        <p class="quiet">
          {text.nothingToAttach} <a href={hrefOf('/files')}>{t.pages.files}</a>
        </p>
      )}
      {all.length > 0 && (
        <div class="choices" tabIndex={0} role="group" aria-label={text.attach}>
          {all.map((each) => (
            <label class="check" key={keyOf(each)}>
              <input type="checkbox" checked={has.has(keyOf(each))} disabled={!has.has(keyOf(each)) && chosen.length >= AT_MOST} onChange={() => toggle(each)} />
              <span class="line">{each.name}</span>
              <small class="quiet">{bytes(each.size)}</small>
            </label>
          ))}
        </div>
      )}
    </div>
  );
}

/** Files of this device: stored in a person's folder of the bucket for attachments, and chosen. */
function FromDevice({ room, onStored }: { room: number; onStored: (stored: Attachment[]) => void }) {
  const { session } = useSession();
  const { busy, problem, run } = useAction();
  const store = async (files: File[]) => {
    const stored: Attachment[] = [];
    try {
      for (const file of files.slice(0, room)) {
        // Two files of one name are told apart by their time.
        const name = `${session?.user.id}/${Date.now()}_${file.name}`;
        const objectId = await upload({ bucket: 'chat-attachments', name, file, replace: false, onSent: () => {}, signal: new AbortController().signal });
        stored.push({ name: file.name, size: file.size, input: { objectId } });
      }
    } finally {
      if (stored.length > 0) onStored(stored);
    }
  };
  return (
    <div class="row">
      <FileChoice label={text.filesOfDevice} busy={busy} disabled={room < 1} onFiles={(files) => run(() => store(files))}>
        {text.fromDevice}
      </FileChoice>
      <Problem problem={problem} />
    </div>
  );
}
