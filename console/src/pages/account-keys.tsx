import { act } from '../api';
import { Badge, Button, Empty, Input, Problem, type Submission } from '../components/basics';
import { say } from '../components/toast';
import { graphql } from '../generated/graphql';
import { useAction, useLive } from '../hooks';
import { t } from '../texts';

const text = t.account;

const List = graphql(`
  subscription MyKeys {
    live {
      apiConfigurations(first: 20) { nodes { id provider apiKeyHint isActive isValidated validationError lastUsedAt } }
      apiProviders(first: 20, where: { isEnabled: { eq: true } }, orderBy: [{ displayName: ASC }]) { nodes { name displayName } }
    }
  }
`);
const Save = graphql(`
  mutation SaveKey($provider: String!, $apiKey: String!) { saveApiConfiguration(provider: $provider, apiKey: $apiKey) { id } }
`);
const Try = graphql(`
  mutation TryKey($provider: String!) { validateApiConfiguration(provider: $provider) { id } }
`);
const Remove = graphql(`
  mutation RemoveKey($id: UUID!) { deleteApiConfiguration(id: $id) { id } }
`);

/** Keys of providers that one brings along. */
export function Keys() {
  const { data, problem, again } = useLive(List);
  const action = useAction();
  const keys = data?.live.apiConfigurations.nodes;
  const submit = async (event: Submission) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const provider = String(values.get('provider'));
    if (!(await action.run(() => act(Save, { provider, apiKey: String(values.get('key')) })))) return;
    say(text.keySaved);
    form.reset();
    // What the provider says of it stands at the key.
    await action.run(() => act(Try, { provider }));
  };
  return (
    <section class="card">
      <h2>{text.keys}</h2>
      <p class="quiet">{text.keyLead}</p>
      <Problem problem={problem ?? action.problem} again={problem && again} />
      {keys?.length === 0 && <Empty>{text.noKeys}</Empty>}
      <ul class="list">
        {keys?.map((key) => (
          <li class="row spread" key={key.id}>
            <span>
              {key.provider} <code>{key.apiKeyHint}</code> {key.isValidated ? <Badge value="Valid" /> : key.validationError && <Badge value="Rejected" />}
              {key.validationError && <small class="quiet"> {key.validationError}</small>}
            </span>
            <Button kind="danger" busy={action.busy} onClick={() => action.run(() => act(Remove, { id: key.id }))}>
              {t.remove}
            </Button>
          </li>
        ))}
      </ul>
      <form onSubmit={submit}>
        <select name="provider" aria-label={text.provider}>
          {data?.live.apiProviders.nodes.map(({ name, displayName }) => (
            <option key={name} value={name}>
              {displayName}
            </option>
          ))}
        </select>
        <Input label={text.key} name="key" type="password" autocomplete="off" required />
        <div>
          <Button type="submit" busy={action.busy}>
            {t.save}
          </Button>
        </div>
      </form>
    </section>
  );
}
