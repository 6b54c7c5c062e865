import { useState } from 'preact/hooks';

import { act } from '../api';
import { Button, Empty, Input, Problem, Time, type Submission } from '../components/basics';
import { say } from '../components/toast';
import { graphql } from '../generated/graphql';
import type { MyPasskeysQuery } from '../generated/graphql/graphql';
import { useAction, useAsk, useSession } from '../hooks';
import { canUsePasskeys } from '../session';
import { t } from '../texts';

const text = t.passkeys;

const List = graphql(`
  query MyPasskeys { passkeys { id friendlyName createdAt lastUsedAt } }
`);
const Begin = graphql(`
  mutation BeginPasskeyRegistration { beginPasskeyRegistration { challengeId options } }
`);
const Finish = graphql(`
  mutation FinishPasskeyRegistration($challengeId: UUID!, $credential: JSON!, $friendlyName: String) {
    finishPasskeyRegistration(challengeId: $challengeId, credential: $credential, friendlyName: $friendlyName) { id }
  }
`);
const Rename = graphql(`
  mutation RenamePasskey($id: UUID!, $friendlyName: String!) { renamePasskey(id: $id, friendlyName: $friendlyName) { id } }
`);
const Remove = graphql(`
  mutation RemovePasskey($id: UUID!) { removePasskey(id: $id) }
`);

type Passkey = MyPasskeysQuery['passkeys'][number];
type CreationOptions = Parameters<typeof PublicKeyCredential.parseCreationOptionsFromJSON>[0];

/** Has the browser make a key, and the server keep what proves it. */
async function register(friendlyName: string | undefined) {
  const { challengeId, options } = (await act(Begin)).beginPasskeyRegistration;
  const given = options as { publicKey?: CreationOptions };
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(given.publicKey ?? (options as CreationOptions));
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  await act(Finish, { challengeId, credential: credential.toJSON(), friendlyName });
}

/** Keys of devices that sign one in. */
export function Passkeys() {
  const { session } = useSession();
  const { data, problem, again } = useAsk(List);
  const action = useAction();
  const add = (event: Submission) => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get('name')).trim() || undefined;
    action.run(async () => {
      await register(name);
      say(text.added);
      form.reset();
      again();
    });
  };
  // Without an account there is nothing to come back to.
  if (session?.user.isAnonymous) return null;
  return (
    <section class="card">
      <h2>{text.title}</h2>
      <p class="quiet">{text.lead}</p>
      <Problem problem={problem ?? action.problem} again={problem && again} />
      {data?.passkeys.length === 0 && <Empty>{text.none}</Empty>}
      <ul class="list">
        {data?.passkeys.map((passkey) => (
          <One key={passkey.id} passkey={passkey} onChanged={again} />
        ))}
      </ul>
      {canUsePasskeys() ? (
        <form onSubmit={add}>
          <Input label={text.name} hint={text.nameHint} name="name" maxLength={50} />
          <div>
            <Button type="submit" busy={action.busy}>
              {text.add}
            </Button>
          </div>
        </form>
      ) : (
        <small class="quiet">{text.impossible}</small>
      )}
    </section>
  );
}

function One({ passkey, onChanged }: { passkey: Passkey; onChanged: () => void }) {
  const { busy, problem, run } = useAction();
  const [renaming, setRenaming] = useState(false);
  const { id, friendlyName, lastUsedAt } = passkey;
  const rename = (event: Submission) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name'));
    run(async () => {
      await act(Rename, { id, friendlyName: name });
      setRenaming(false);
      onChanged();
    });
  };
  const remove = () =>
    run(async () => {
      await act(Remove, { id });
      say(text.removed);
      onChanged();
    });
  return (
    <li class="stack">
      <span class="row spread">
        <span>
          {friendlyName}
          <br />
          <small class="quiet">{lastUsedAt ? <>{text.used} <Time value={lastUsedAt} /></> : text.unused}</small>
        </span>
        <span class="actions">
          <Button aria-label={text.renameOne(friendlyName)} onClick={() => setRenaming(!renaming)}>
            {text.rename}
          </Button>
          <Button kind="danger" aria-label={text.removeOne(friendlyName)} busy={busy} onClick={remove}>
            {t.account.removeFactor}
          </Button>
        </span>
      </span>
      {renaming && (
        <form onSubmit={rename}>
          <Input label={text.newName} name="name" required maxLength={50} defaultValue={friendlyName} />
          <div>
            <Button type="submit" busy={busy}>
              {t.save}
            </Button>
          </div>
        </form>
      )}
      <Problem problem={problem} />
    </li>
  );
}
