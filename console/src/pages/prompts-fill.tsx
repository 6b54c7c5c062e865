import { useMemo, useState } from 'preact/hooks';

import { Field, Problem } from '../components/basics';
import { CopyButton } from '../components/copy';
import { words } from '../format';
import { graphql } from '../generated/graphql';
import { useAsk, useSettled } from '../hooks';
import { hrefOf } from '../router';
import { t } from '../texts';

const text = t.prompts;

const Render = graphql(`
  query RenderTemplate($template: String, $templateId: UUID, $framework: String, $variables: JSON!) {
    renderTemplate(template: $template, templateId: $templateId, framework: $framework, variables: $variables) { text missing unknown }
  }
`);

/** The blanks of a template, in the order in which they come: `{name}`, or `{{name}}`, unless a backslash stands before it. */
export function blanksOf(template: string): string[] {
  const found = template.matchAll(/(?<!\\)\{\{?\s*([A-Za-z_][\w-]*)\s*\}\}?/g);
  return [...new Set([...found].map(([, name]) => name!))];
}

/** What a template's owner says of its blanks: a name or key, a label, a default. */
export interface Blank {
  key: string;
  label?: string;
  description?: string;
  default?: string;
}

/** The blanks that a template or a framework describes. */
export function describedBlanks(given: unknown): Blank[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((each) => {
    if (typeof each === 'string') return [{ key: each }];
    const { key, name, ...rest } = (each ?? {}) as Blank & { name?: string };
    const found = key ?? name;
    return found ? [{ ...rest, key: found }] : [];
  });
}

interface BlanksProps {
  blanks: Blank[];
  values: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
}

/** A line or more for each blank. */
export function Blanks({ blanks, values, onChange }: BlanksProps) {
  return (
    <>
      {blanks.map(({ key, label, description, default: usual }) => (
        <Field key={key} label={label ?? words(key)} hint={description}>
          {(attributes) => <textarea class="short" rows={2} placeholder={usual} value={values[key] ?? ''} onInput={(event) => onChange({ ...values, [key]: event.currentTarget.value })} {...attributes} />}
        </Field>
      ))}
    </>
  );
}

/** What is filled in, without what is empty. */
export const filled = (values: Record<string, string>) => Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));

/** A template whose blanks are filled in as one types, by the server, which knows the rules. */
export function Rendered({ variables, ...source }: { template?: string; templateId?: string; framework?: string; variables: Record<string, string> }) {
  const settled = useSettled(JSON.stringify(filled(variables)), 300);
  const { data, problem } = useAsk(Render, { ...source, variables: JSON.parse(settled) as unknown });
  if (problem) return <Problem problem={problem} />;
  if (!data) return null;
  const { text: told, missing, unknown } = data.renderTemplate;
  return (
    <section class="stack" aria-label={text.preview}>
      <h2>{text.preview}</h2>
      <pre tabIndex={0}>{told}</pre>
      {missing.length > 0 && <small class="quiet">{text.missing(missing.map(words).join(', '))}</small>}
      {unknown.length > 0 && <small class="quiet">{text.unknown(unknown.join(', '))}</small>}
      <div>
        <CopyButton text={told} />
      </div>
    </section>
  );
}

/** A kept template to be tried: its blanks, and what comes of them. */
export function FillIn({ template, templateId, frameworkId, variables }: { template: string; templateId: string; frameworkId: string; variables: unknown }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const blanks = useMemo(() => {
    const described = describedBlanks(variables);
    return blanksOf(template).map((key) => described.find((blank) => blank.key === key) ?? { key });
  }, [template, variables]);
  return (
    <section class="stack">
      <h2>{text.fillIn}</h2>
      <div class="halves">
        <div class="card">
          {blanks.length === 0 && <p class="quiet">{text.noBlanks}</p>}
          <Blanks {...{ blanks, values }} onChange={setValues} />
          <div>
            <a class="button" href={hrefOf('/prompts/write', { framework: frameworkId, template: templateId })}>
              {text.writeWithIt}
            </a>
          </div>
        </div>
        <div class="card">
          <Rendered key={template} templateId={templateId} variables={values} />
        </div>
      </div>
    </section>
  );
}
