import { act } from '../api';
import { Button, Problem } from '../components/basics';
import { count } from '../format';
import { graphql } from '../generated/graphql';
import type { LoadDemoDataMutation } from '../generated/graphql/graphql';
import { useAction, useAsk } from '../hooks';
import { useState } from 'preact/hooks';
import { t } from '../texts';

const text = t.home;

const People = graphql(`
  query CountPeople { adminUsers(first: 1) { totalCount } }
`);
const Load = graphql(`
  mutation LoadDemoData { loadDemoData { rows email adminEmail password } }
`);

/** Offers the demo data as long as hardly anybody is here. */
export function DemoOffer() {
  const { data } = useAsk(People);
  const [made, setMade] = useState<LoadDemoDataMutation['loadDemoData']>();
  const { busy, problem, run } = useAction();
  if (made) {
    return (
      <section class="card" role="status">
        <p>{text.demoDone(count(made.rows))}</p>
        <dl class="facts">
          <dt>{text.demoWhoMuch}</dt>
          <dd>{made.email}</dd>
          <dt>{text.demoWhoAdmin}</dt>
          <dd>{made.adminEmail}</dd>
          <dt>{t.signIn.password}</dt>
          <dd>
            <code>{made.password}</code>
          </dd>
        </dl>
      </section>
    );
  }
  if (!data || data.adminUsers.totalCount > 1) return null;
  return (
    <section class="card">
      <h2>{text.demoTitle}</h2>
      <p>{text.demoLead}</p>
      <Problem problem={problem} />
      <div>
        <Button kind="main" busy={busy} onClick={() => run(async () => setMade((await act(Load)).loadDemoData))}>
          {busy ? text.demoBusy : text.demoButton}
        </Button>
      </div>
    </section>
  );
}
