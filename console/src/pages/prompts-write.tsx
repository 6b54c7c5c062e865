import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { act } from '../api';
import { Button, Empty, Field, Head, Input, Problem, Waiting, type Submission } from '../components/basics';
import { chosenModel, ModelChoice } from '../components/model-choice';
import { graphql } from '../generated/graphql';
import type { PromptMakingQuery } from '../generated/graphql/graphql';
import { useAction, useAsk } from '../hooks';
import { go } from '../router';
import { t } from '../texts';
import { Blanks, blanksOf, describedBlanks, filled, Rendered } from './prompts-fill';

const text = t.prompts;

const Making = graphql(`
  query PromptMaking {
    promptFrameworks(first: 50, where: { isEnabled: { eq: true } }, orderBy: [{ sortOrder: ASC }]) { nodes { name displayName description components template examples } }
    promptTemplates(first: 200, where: { isActive: { eq: true } }, orderBy: [{ name: ASC }]) { nodes { id name frameworkId templateContent variables } }
  }
`);
const Generate = graphql(`
  mutation GeneratePrompt(
    $framework: String!, $input: String!, $variables: JSON, $templateId: UUID, $tone: String, $length: String, $vibeCoding: Boolean!
    $temperature: Float, $maxTokens: Int, $provider: String, $model: String
  ) {
    generatePrompt(
      framework: $framework, input: $input, variables: $variables, templateId: $templateId, tone: $tone, length: $length, vibeCoding: $vibeCoding
      temperature: $temperature, maxTokens: $maxTokens, provider: $provider, model: $model
    ) { entry { id } }
  }
`);

type Framework = PromptMakingQuery['promptFrameworks']['nodes'][number];

/** Has a prompt written: a framework or a template, what is known of its blanks, and what it is for. */
export function WritePrompt({ query, tabs }: { query: URLSearchParams; tabs: ComponentChildren }) {
  const { data, problem, again, waiting } = useAsk(Making);
  const frameworks = data?.promptFrameworks.nodes;
  const framework = frameworks?.find(({ name }) => name === query.get('framework')) ?? frameworks?.[0];
  const choose = (name: string, template?: string) => go('/prompts/write', { framework: name, template }, true);
  return (
    <>
      <Head title={t.pages.prompts} lead={text.writeLead} />
      {tabs}
      <Problem problem={problem} again={again} />
      {!data && waiting && <Waiting />}
      {frameworks?.length === 0 && <Empty>{text.noFrameworks}</Empty>}
      {data && framework && (
        <Form key={framework.name} framework={framework} frameworks={frameworks!} templates={data.promptTemplates.nodes} templateId={query.get('template') ?? ''} onChoose={choose} />
      )}
    </>
  );
}

interface FormProps {
  framework: Framework;
  frameworks: readonly Framework[];
  templates: PromptMakingQuery['promptTemplates']['nodes'];
  templateId: string;
  onChoose: (framework: string, template?: string) => void;
}

function Form({ framework, frameworks, templates, templateId, onChoose }: FormProps) {
  const [values, setValues] = useState<Record<string, string>>({});
  const { busy, problem, run } = useAction();
  const own = templates.filter(({ frameworkId }) => frameworkId === framework.name);
  const template = own.find(({ id }) => id === templateId);
  const described = [...describedBlanks(template?.variables), ...describedBlanks(framework.components)];
  const blanks = template ? blanksOf(template.templateContent).map((key) => described.find((blank) => blank.key === key) ?? { key }) : describedBlanks(framework.components);
  const example = (framework.examples as { title?: string; values?: Record<string, string> }[] | null)?.[0];
  const submit = (event: Submission) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = (name: string) => String(form.get(name) ?? '').trim() || undefined;
    const numberOf = (name: string) => (given(name) === undefined ? undefined : Number(given(name)));
    run(async () => {
      const { entry } = (
        await act(Generate, {
          framework: framework.name,
          input: given('input') ?? '',
          variables: filled(values),
          templateId: template?.id,
          tone: given('tone'),
          length: given('length'),
          vibeCoding: form.get('vibeCoding') === 'on',
          temperature: numberOf('temperature'),
          maxTokens: numberOf('maxTokens'),
          ...chosenModel(form),
        })
      ).generatePrompt;
      if (entry) go(`/prompts/promptHistoryEntries/${entry.id}`);
    });
  };
  return (
    <div class="halves">
      <form class="card" onSubmit={submit}>
        <Field label={text.framework} hint={framework.description}>
          {(attributes) => (
            <select value={framework.name} onChange={(event) => onChoose(event.currentTarget.value)} {...attributes}>
              {frameworks.map(({ name, displayName }) => (
                <option key={name} value={name}>
                  {displayName}
                </option>
              ))}
            </select>
          )}
        </Field>
        {own.length > 0 && (
          <Field label={text.template}>
            {(attributes) => (
              <select value={template?.id ?? ''} onChange={(event) => onChoose(framework.name, event.currentTarget.value)} {...attributes}>
                <option value="">{text.frameworksOwn}</option>
                {own.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        <Field label={text.input} hint={text.inputHint}>
          {(attributes) => <textarea name="input" rows={4} required maxLength={100_000} {...attributes} />}
        </Field>
        <fieldset class="stack">
          <legend class="label">{text.blanks}</legend>
          <Blanks {...{ blanks, values }} onChange={setValues} />
          {example?.values && (
            <div>
              <Button onClick={() => setValues(example.values!)}>{text.example(example.title ?? '')}</Button>
            </div>
          )}
        </fieldset>
        <Style />
        <ModelChoice />
        <Problem problem={problem} />
        <div>
          <Button type="submit" kind="main" busy={busy}>
            {text.writeIt}
          </Button>
        </div>
      </form>
      <div class="card">
        <Rendered key={template?.id ?? framework.name} {...(template ? { templateId: template.id } : { framework: framework.name })} variables={values} />
        <p class="quiet">{text.previewLead}</p>
      </div>
    </div>
  );
}

/** How the prompt is to sound, how long it is to be. */
function Style() {
  return (
    <details>
      <summary>{text.style}</summary>
      <div class="stack">
        <Input label={text.tone} name="tone" maxLength={50} placeholder={text.toneExample} />
        <Input label={text.length} name="length" maxLength={50} placeholder={text.lengthExample} />
        <Input label={text.temperature} name="temperature" type="number" min={0} max={2} step="0.1" />
        <Input label={text.maxTokens} name="maxTokens" type="number" min={1} step={1} />
        <label class="check">
          <input type="checkbox" name="vibeCoding" />
          {text.vibeCoding}
        </label>
      </div>
    </details>
  );
}
