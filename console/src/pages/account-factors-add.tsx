import { useState } from 'preact/hooks';

import { act } from '../api';
import { Button, Input, Problem, type Submission } from '../components/basics';
import { Dialog } from '../components/dialog';
import { graphql } from '../generated/graphql';
import type { EnrollTotpMutation } from '../generated/graphql/graphql';
import { useAction } from '../hooks';
import { canUsePasskeys, take, type Session } from '../session';
import { t } from '../texts';

const text = t.account;

const EnrollApp = graphql(`
  mutation EnrollTotp($friendlyName: String!) { enrollTotp(friendlyName: $friendlyName) { factorId secret qrCodeUrl } }
`);
const VerifyApp = graphql(`
  mutation VerifyFactor($factorId: UUID!, $code: String!) {
    verifyTotp(factorId: $factorId, code: $code) {
      recoveryCodes
      session { accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata } }
    }
  }
`);
const EnrollKey = graphql(`
  mutation EnrollKey($friendlyName: String!) { enrollWebauthn(friendlyName: $friendlyName) { id } }
`);
const AskForKey = graphql(`
  mutation AskForKey($factorId: UUID!) { challengeFactor(factorId: $factorId) { challengeId options } }
`);
const VerifyKey = graphql(`
  mutation VerifyKey($factorId: UUID!, $challengeId: UUID!, $credential: JSON!) {
    verifyWebauthn(factorId: $factorId, challengeId: $challengeId, credential: $credential) {
      recoveryCodes
      session { accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata } }
    }
  }
`);
const GiveUp = graphql(`
  mutation GiveUpFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }
`);

type CreationOptions = Parameters<typeof PublicKeyCredential.parseCreationOptionsFromJSON>[0];
type Added = (recoveryCodes: readonly string[]) => void;

/** Has a device make a key, which counts once the server has seen it sign. Answers the recovery codes of a first factor. */
async function addKey(friendlyName: string): Promise<readonly string[]> {
  const factorId = (await act(EnrollKey, { friendlyName })).enrollWebauthn.id;
  try {
    const { challengeId, options } = (await act(AskForKey, { factorId })).challengeFactor;
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as CreationOptions);
    const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
    const { session, recoveryCodes } = (await act(VerifyKey, { factorId, challengeId, credential: credential.toJSON() })).verifyWebauthn;
    take(session as Session);
    return recoveryCodes;
  } catch (error) {
    // One without a key is in nobody's way, but it takes a place among the ten.
    await act(GiveUp, { factorId }).catch(() => {});
    throw error;
  }
}

/** The form of a further factor. */
export function AddFactor({ onAdded }: { onAdded: Added }) {
  const { busy, problem, run } = useAction();
  const [enrolled, setEnrolled] = useState<EnrollTotpMutation['enrollTotp']>();
  const submit = (event: Submission) => {
    event.preventDefault();
    const form = event.currentTarget;
    const friendlyName = String(new FormData(form).get('name'));
    const isKey = (event.submitter as HTMLButtonElement | null)?.value === 'key';
    run(async () => {
      if (!isKey) return setEnrolled((await act(EnrollApp, { friendlyName })).enrollTotp);
      const codes = await addKey(friendlyName);
      form.reset();
      onAdded(codes);
    });
  };
  return (
    <>
      <form onSubmit={submit}>
        <Input label={text.factorName} hint={text.factorHint} name="name" required maxLength={50} />
        <Problem problem={problem} />
        <div class="actions">
          <Button type="submit" busy={busy}>
            {text.addFactor}
          </Button>
          {canUsePasskeys() && (
            <Button type="submit" value="key" busy={busy}>
              {text.addKey}
            </Button>
          )}
        </div>
        {!canUsePasskeys() && <small class="quiet">{t.passkeys.impossible}</small>}
      </form>
      {enrolled && (
        <Confirm
          enrolled={enrolled}
          onClose={() => {
            act(GiveUp, { factorId: enrolled.factorId }).catch(() => {});
            setEnrolled(undefined);
          }}
          onDone={(codes) => {
            setEnrolled(undefined);
            onAdded(codes);
          }}
        />
      )}
    </>
  );
}

interface ConfirmProps {
  enrolled: EnrollTotpMutation['enrollTotp'];
  onClose: () => void;
  onDone: Added;
}

/** What the app is shown, and the first digits that it shows. */
function Confirm({ enrolled, onClose, onDone }: ConfirmProps) {
  const { busy, problem, run } = useAction();
  const submit = (event: Submission) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code')).replace(/\s/g, '');
    run(async () => {
      const { verifyTotp } = await act(VerifyApp, { factorId: enrolled.factorId, code });
      take(verifyTotp.session as Session);
      onDone(verifyTotp.recoveryCodes);
    });
  };
  return (
    <Dialog title={text.addFactor} onClose={onClose}>
      <p>{text.scan}</p>
      <img class="qr" src={enrolled.qrCodeUrl} alt={text.scan} />
      <dl class="facts">
        <dt>{text.secret}</dt>
        <dd>
          <code>{enrolled.secret}</code>
        </dd>
      </dl>
      <form onSubmit={submit}>
        <Input label={text.digits} name="code" inputMode="numeric" autocomplete="one-time-code" required />
        <Problem problem={problem} />
        <Button type="submit" kind="main" busy={busy}>
          {t.signIn.confirm}
        </Button>
      </form>
    </Dialog>
  );
}
