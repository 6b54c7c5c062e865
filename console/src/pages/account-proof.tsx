import { useState } from 'preact/hooks';

import { act } from '../api';
import { Button, Input, Problem } from '../components/basics';
import { graphql } from '../generated/graphql';
import { useAction } from '../hooks';
import { t } from '../texts';

const text = t.account;

const MailCode = graphql(`
  mutation MailReauthenticationCode { requestReauthentication }
`);

/** What shows in a form that it is really they: the password, or a code by mail for those who have none. */
export function Proof() {
  const [mailed, setMailed] = useState(false);
  const { busy, problem, run } = useAction();
  return (
    <>
      {mailed ? (
        <Input label={text.mailedCode} hint={text.mailedCodeHint} name="code" inputMode="numeric" autocomplete="one-time-code" />
      ) : (
        <Input label={text.oldPassword} name="currentPassword" type="password" autocomplete="current-password" />
      )}
      <div>
        <Button busy={busy} onClick={() => run(() => act(MailCode).then(() => setMailed(true)))}>
          {mailed ? text.mailAgain : text.mailCode}
        </Button>
      </div>
      <Problem problem={problem} />
    </>
  );
}

/** What such a form says, for `updateAccount` and `deleteAccount`. */
export function proofIn(values: FormData): { currentPassword?: string; code?: string } {
  const given = (field: string) => String(values.get(field) ?? '') || undefined;
  return { currentPassword: given('currentPassword'), code: given('code')?.trim() };
}
