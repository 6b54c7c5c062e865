import { useState } from 'preact/hooks';

import { Badge, Button, Empty, Problem, Time } from '../components/basics';
import { Dialog } from '../components/dialog';
import { say } from '../components/toast';
import { act } from '../api';
import { graphql } from '../generated/graphql';
import type { MyFactorsQuery } from '../generated/graphql/graphql';
import { useAction, useAsk, useSession } from '../hooks';
import { assurance, type Factor } from '../session';
import { t } from '../texts';
import { AddFactor } from './account-factors-add';
import { RecoveryCodes } from './account-recovery';
import { ShowFactor } from './factor';

const text = t.account;

const List = graphql(`
  query MyFactors { factors { id type friendlyName verifiedAt createdAt } }
`);
const Remove = graphql(`
  mutation UnenrollFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }
`);
const NewCodes = graphql(`
  mutation NewRecoveryCodes { regenerateRecoveryCodes }
`);

type Shown = MyFactorsQuery['factors'][number];

/** Second factors: apps that show six digits, keys of devices, and the codes for the day when they are lost. */
export function Factors() {
  const { session } = useSession();
  const { data, problem, again } = useAsk(List);
  const [codes, setCodes] = useState<readonly string[]>();
  const [leaving, setLeaving] = useState<Shown>();
  const action = useAction();
  const verified = data?.factors.filter(({ verifiedAt }) => verifiedAt) ?? [];
  // Whoever has not shown a factor changes none: else a password alone would take them away.
  const isLocked = verified.length > 0 && assurance(session) === 'aal1';
  // Without an account there is nothing to protect.
  if (session?.user.isAnonymous) return null;
  return (
    <section class="card">
      <h2>{text.factors}</h2>
      <Problem problem={problem ?? action.problem} again={problem && again} />
      {data && verified.length === 0 && <Empty>{text.noFactors}</Empty>}
      <ul class="list">
        {verified.map((factor) => (
          <li class="row spread" key={factor.id}>
            <span>
              {factor.friendlyName} <Badge value={text.factorKinds[factor.type]} />
              <br />
              <small class="quiet">
                {text.factorSince} <Time value={factor.verifiedAt!} />
              </small>
            </span>
            {!isLocked && (
              <Button kind="danger" aria-label={text.removeOne(factor.friendlyName)} onClick={() => setLeaving(factor)}>
                {text.removeFactor}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {isLocked ? (
        <Locked factors={verified as Factor[]} />
      ) : (
        <>
          {verified.length > 0 && (
            <div>
              <Button busy={action.busy} onClick={() => action.run(async () => setCodes((await act(NewCodes)).regenerateRecoveryCodes))}>
                {text.newCodes}
              </Button>
            </div>
          )}
          {data && (
            <AddFactor
              onAdded={(recovery) => {
                say(text.factorAdded);
                if (recovery.length > 0) setCodes(recovery);
                again();
              }}
            />
          )}
        </>
      )}
      {leaving && <RemoveFactor factor={leaving} isLast={verified.length === 1} onClose={() => setLeaving(undefined)} onDone={again} />}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(undefined)} />}
    </section>
  );
}

/** A factor is shown here, too, by whoever put it off at sign-in. */
function Locked({ factors }: { factors: readonly Factor[] }) {
  const [showing, setShowing] = useState(false);
  return (
    <div class="stack">
      <p>{text.factorsLocked}</p>
      <div>
        <Button onClick={() => setShowing(true)}>{text.showFactor}</Button>
      </div>
      {showing && (
        <Dialog title={t.signIn.factorTitle} onClose={() => setShowing(false)}>
          <ShowFactor factors={factors} />
        </Dialog>
      )}
    </div>
  );
}

/** A factor does not come back, so this asks. */
function RemoveFactor({ factor, isLast, onClose, onDone }: { factor: Shown; isLast: boolean; onClose: () => void; onDone: () => void }) {
  const { busy, problem, run } = useAction();
  const remove = () =>
    run(async () => {
      await act(Remove, { factorId: factor.id });
      say(text.factorRemoved);
      onClose();
      onDone();
    });
  return (
    <Dialog title={text.removeOne(factor.friendlyName)} onClose={onClose}>
      <p>{isLast ? text.removeLast : text.removeOther}</p>
      <Problem problem={problem} />
      <div class="actions">
        <Button kind="danger" busy={busy} onClick={remove}>
          {text.removeIt}
        </Button>
        <Button onClick={onClose}>{t.cancel}</Button>
      </div>
    </Dialog>
  );
}
