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
export const chosenModel = (form: FormData) => modelIn(String(form.get('model') ?? ''));

/** A choice, `provider:model`, as the API takes it. */
export function modelIn(chosen: string): { provider?: string; model?: string } {
  if (!chosen) return {};
  const [provider = '', ...model] = chosen.split(':');
  return { provider, ...(model.length > 0 && { model: model.join(':') }) };
}

/** Which model is to write; without one, where the API can do without. */
export function ModelChoice({ local, chosen, onChoose }: { local?: boolean; chosen?: string; onChoose?: (chosen: string) => void }) {
  const { data } = useAsk(Models);
  return (
    <Field label={t.models.label} hint={local ? t.models.localHint : t.models.hint}>
      {(attributes) => (
        <select name="model" onChange={(event) => onChoose?.(event.currentTarget.value)} {...attributes}>
          <option value="">{t.models.usual}</option>
          {local && <option value="local">{t.models.local}</option>}
          {data?.modelConfigs.nodes.map(({ modelId, name, provider }) => {
            const value = `${provider.toLowerCase()}:${modelId}`;
            return (
              <option key={value} value={value} selected={value === chosen}>
                {`${name} (${words(provider)})`}
              </option>
            );
          })}
        </select>
      )}
    </Field>
  );
}
