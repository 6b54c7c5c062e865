import { useState } from 'preact/hooks';

import { act } from '../api';
import { Button, Empty, Input, Problem, Time, type Submission } from '../components/basics';
import { Dialog } from '../components/dialog';
import { graphql } from '../generated/graphql';
import type { EnrollTotpMutation } from '../generated/graphql/graphql';
import { useAction, useAsk } from '../hooks';
import { take, type Session } from '../session';
import { t } from '../texts';

const text = t.account;

const List = graphql(`
  query MyFactors { factors { id friendlyName verifiedAt createdAt } }
`);
const Enroll = graphql(`
  mutation EnrollTotp($friendlyName: String!) { enrollTotp(friendlyName: $friendlyName) { factorId secret qrCodeUrl } }
`);
const Verify = graphql(`
  mutation VerifyFactor($factorId: UUID!, $code: String!) {
    verifyTotp(factorId: $factorId, code: $code) {
      recoveryCodes
      session { accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata } }
    }
  }
`);
const Remove = graphql(`
  mutation UnenrollFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }
`);

/** Second factors: an app that shows six digits, and the codes for when it is lost. */
export function Factors() {
  const { data, problem, again } = useAsk(List);
  const action = useAction();
  const [enrolled, setEnrolled] = useState<EnrollTotpMutation['enrollTotp']>();
  const [codes, setCodes] = useState<readonly string[]>();
  const enroll = (event: Submission) => {
    event.preventDefault();
    const friendlyName = String(new FormData(event.currentTarget).get('name'));
    action.run(async () => setEnrolled((await act(Enroll, { friendlyName })).enrollTotp));
  };
  const verified = data?.factors.filter(({ verifiedAt }) => verifiedAt) ?? [];
  return (
    <section class="card">
      <h2>{text.factors}</h2>
      <Problem problem={problem ?? action.problem} again={problem && again} />
      {data && verified.length === 0 && <Empty>{text.noFactors}</Empty>}
      <ul class="list">
        {verified.map((factor) => (
          <li class="row spread" key={factor.id}>
            <span>
              {factor.friendlyName} <small class="quiet">{<Time value={factor.createdAt} />}</small>
            </span>
            <Button kind="danger" busy={action.busy} onClick={() => action.run(() => act(Remove, { factorId: factor.id }).then(again))}>
              {text.removeFactor}
            </Button>
          </li>
        ))}
      </ul>
      <form onSubmit={enroll}>
        <Input label={text.factorName} name="name" required maxLength={50} />
        <div>
          <Button type="submit" busy={action.busy}>
            {text.addFactor}
          </Button>
        </div>
      </form>
      {enrolled && (
        <Confirm
          enrolled={enrolled}
          onClose={() => setEnrolled(undefined)}
          onDone={(recovery) => {
            setEnrolled(undefined);
            setCodes(recovery);
            again();
          }}
        />
      )}
      {codes && codes.length > 0 && (
        <Dialog title={text.factors} onClose={() => setCodes(undefined)}>
          <p>{text.recovery}</p>
          <pre tabIndex={0}>{codes.join('\n')}</pre>
          <Button kind="main" onClick={() => setCodes(undefined)}>
            {t.close}
          </Button>
        </Dialog>
      )}
    </section>
  );
}

interface ConfirmProps {
  enrolled: EnrollTotpMutation['enrollTotp'];
  onClose: () => void;
  onDone: (recoveryCodes: readonly string[]) => void;
}

function Confirm({ enrolled, onClose, onDone }: ConfirmProps) {
  const { busy, problem, run } = useAction();
  const submit = (event: Submission) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code')).replace(/\s/g, '');
    run(async () => {
      const { verifyTotp } = await act(Verify, { factorId: enrolled.factorId, code });
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
