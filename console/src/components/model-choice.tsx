import { graphql } from '../generated/graphql';
import { useAsk } from '../hooks';
import { words } from '../format';
import { t } from '../texts';
import { Field } from './basics';

const Models = graphql(`
  query ModelsToChoose {
    modelConfigs(first: 100, where: { isActive: { eq: true } }, orderBy: [{ provider: ASC }, { name: ASC }]) { nodes { modelId name provider isDefault } }
  }
`);

/** What a form with a [`ModelChoice`] says of the model: nothing where the server may choose. */
export function chosenModel(form: FormData): { provider?: string; model?: string } {
  const chosen = String(form.get('model') ?? '');
  if (!chosen) return {};
  const [provider = '', ...model] = chosen.split(':');
  return { provider, ...(model.length > 0 && { model: model.join(':') }) };
}

/** Which model is to write; without one, where the API can do without. */
export function ModelChoice({ local }: { local?: boolean }) {
  const { data } = useAsk(Models);
  return (
    <Field label={t.models.label} hint={local ? t.models.localHint : t.models.hint}>
      {(attributes) => (
        <select name="model" {...attributes}>
          <option value="">{t.models.usual}</option>
          {local && <option value="local">{t.models.local}</option>}
          {data?.modelConfigs.nodes.map(({ modelId, name, provider }) => (
            <option key={`${provider}:${modelId}`} value={`${provider.toLowerCase()}:${modelId}`}>
              {`${name} (${words(provider)})`}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
